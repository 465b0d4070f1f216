/** Decimals as they are written, compared as integers times powers of ten. */

/** The exact value of a decimal text, as an integer times a power of ten; undefined where it is no decimal. */
export function exactly(decimalText: string): readonly [bigint, number] | undefined {
  const match = /^([+-]?)(\d*)(?:\.(\d*))?(?:e([+-]?\d+))?$/i.exec(decimalText.trim());
  if (!match || decimalText.trim() === '') return undefined;
  const [, sign = '', whole = '', fraction = '', power = '0'] = match;
  if (whole + fraction === '') return undefined;
  const integer = BigInt(whole + fraction);
  return [sign === '-' ? -integer : integer, Number(power) - fraction.length];
}

/** Whether two decimals differ by no more than one in 10 to the power of 15 of the first; not at all where it is whole. */
export function isHeld(given: readonly [bigint, number], sent: readonly [bigint, number]): boolean {
  const exponent = Math.min(given[1], sent[1]);
  const [one, other] = [given, sent].map(([integer, power]) => integer * 10n ** BigInt(power - exponent));
  if (one === undefined || other === undefined) return false;
  const unit = 10n ** BigInt(Math.max(0, -exponent));
  const isWhole = exponent >= 0 || one % unit === 0n;
  const difference = one > other ? one - other : other - one;
  const size = one < 0n ? -one : one;
  return isWhole ? difference === 0n : difference * 10n ** 15n <= size;
}

/** The number of a text that is a decimal which a double holds; undefined for every other text. */
export function heldNumber(text: string): number | undefined {
  const exact = exactly(text);
  const nearest = Number(text);
  if (exact === undefined || !Number.isFinite(nearest)) return undefined;
  const arrived = exactly(String(nearest));
  return arrived && isHeld(exact, arrived) ? nearest : undefined;
}
