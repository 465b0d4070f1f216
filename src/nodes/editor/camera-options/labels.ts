import type { OptionName } from '../../../camera-options';
import { noteOnFold } from '../dialogs';

/** The label that stands beside an input. */
export function labelOf(option: string): string {
  return document.querySelector(`label[for="node-input-${option}"]`)?.textContent?.trim() ?? option;
}

/** Says beside the title of a folded section which of its options are set. */
export function noteSetOptions(fold: string, options: readonly OptionName[]): void {
  noteOnFold(
    fold,
    options.map((option) => `#node-input-${option}`),
    () =>
      options
        .filter((option) => $(`#node-input-${option}`).val() !== '')
        .map(labelOf)
        .join(', '),
  );
}
