/** What the dialogs share. */

/** Shows a section only while a select has one of the given values. */
export function showSectionFor(select: string, section: string, values: readonly string[]): void {
  const update = () => {
    $(section).toggle(values.includes(String($(select).val())));
  };
  $(select).on('change', update);
  update();
}
