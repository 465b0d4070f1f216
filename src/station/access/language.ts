/** The language of a page that the server makes. */

/** More than any browser sends. */
const MAX_TAGS = 20;

/**
 * The first wanted language that there is, in any region but in the same script; undefined where there is none.
 * @param accepted an Accept-Language header
 * @param available language tags
 */
export function pickLanguage(accepted: string, available: readonly string[]): string | undefined {
  const wanted = accepted.split(',', MAX_TAGS).map((part) => {
    const [tag = '', ...parameters] = part.split(';');
    const quality = parameters.map((each) => each.trim()).find((each) => each.startsWith('q='));
    return { tag: tag.trim(), weight: quality === undefined ? 1 : Number(quality.slice(2)) };
  });
  const sorted = wanted.filter(({ weight }) => weight > 0).toSorted((a, b) => b.weight - a.weight);
  for (const { tag } of sorted) {
    const script = scriptOf(tag);
    const found =
      available.find((one) => one.toLowerCase() === tag.toLowerCase()) ??
      (script === undefined ? undefined : available.find((one) => scriptOf(one) === script));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Language and script, as in `zh-Hant`; undefined for what is no language tag, as `*`. */
function scriptOf(tag: string): string | undefined {
  try {
    const { language, script } = new Intl.Locale(tag).maximize();
    return `${language}-${script ?? ''}`;
  } catch {
    return undefined;
  }
}
