import { knowsPresets, PRESET_OPTIONS, PRESETS, type PresetName } from '../../../camera-options';
import { byId, element, smallButton } from '../elements';
import { labelOf } from './labels';
import type { Translate } from '../red';

const PRESET_NAMES: readonly PresetName[] = ['day', 'night', 'noir'];

/** Offers the presets: each fills in the options that it decides, and says which it has set. */
export function offerPresets(translate: Translate): void {
  const note = element('span', { class: 'sensorpost-hint', role: 'status' });
  const buttons = PRESET_NAMES.map((name) =>
    smallButton(translate(`picamera-in.preset.${name}`), () => {
      note.textContent = apply(translate, name);
    }),
  );
  byId('sensorpost-presets').replaceChildren(...buttons, note);
  const [program, device] = [$('#node-input-program'), $('#node-input-device')];
  const update = () => {
    $('#sensorpost-presets-row').toggle(knowsPresets(String(program.val()), String(device.val())));
  };
  program.on('change', update);
  device.on('change input', update);
  update();
}

/** @returns what is set now, in words */
function apply(translate: Translate, name: PresetName): string {
  const preset = PRESETS[name];
  for (const option of [...PRESET_OPTIONS, 'settle'] as const) {
    $(`#node-input-${option}`)
      .val(preset[option] ?? '')
      .trigger('change');
  }
  const set = Object.entries(preset).map(([option, value]) => `${labelOf(option)}: ${value}`);
  return translate('picamera-in.preset.set', { settings: set.join(', ') });
}
