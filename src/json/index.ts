/**
 * JSON from outside, which may be none.
 */

/** JSON text decoded and wrapped, because `null` is JSON too; `undefined` where it is no JSON. */
export function decodeJson(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}
