/** Which of the page's languages a person reads. */

export interface Language {
  /** The catalogue: one of those that were built. */
  readonly catalogue: string;
  /** The locale of numbers and times: the language that the person prefers, with its region. */
  readonly formats: string;
}

const FALLBACK = 'en-US';

/**
 * The first wanted language that there is a catalogue for, in any region but in the same script.
 * @param wanted as in `navigator.languages`
 * @param catalogues language tags
 */
export function pickLanguage(wanted: readonly string[], catalogues: readonly string[]): Language {
  for (const tag of wanted) {
    const script = scriptOf(tag);
    const catalogue =
      catalogues.find((one) => one === tag) ?? catalogues.find((one) => scriptOf(one) === script);
    if (script !== undefined && catalogue !== undefined) return { catalogue, formats: tag };
  }
  return { catalogue: FALLBACK, formats: FALLBACK };
}

/** Language and script, as in `zh-Hant`; `undefined` for what is no language tag. */
function scriptOf(tag: string): string | undefined {
  try {
    const { language, script } = new Intl.Locale(tag).maximize();
    return `${language}-${script ?? ''}`;
  } catch {
    return undefined;
  }
}
