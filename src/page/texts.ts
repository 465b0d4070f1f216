/** The page's texts in one language. */
import type english from '../../locales/en-US/station-views.json';

/** Every language's catalogue has the shape of the English one. */
export type Texts = typeof english;

/** Fills the placeholders of a text, `__name__` as in Node-RED's catalogues. */
export function fill(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/__(\w+?)__/g, (place, name: string) => values[name] ?? place);
}
