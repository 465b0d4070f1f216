import type { NewItem } from '../../src/outbox';

/** The one destination of all fault tests. */
export const DESTINATION = 'databoom https://example.com account-1';

/** A reading that can be told from its number alone, so that whoever knows the number knows what it must be. */
export function readingOf(number: number): NewItem {
  const images = number % 50 === 0 ? [{ field: 'image', bytes: imageOf(number) }] : [];
  return {
    destination: DESTINATION,
    group: number % 3 === 0 ? '' : `device-${number % 3}`,
    timestamp: Date.UTC(2026, 4, 1) + number + 0.5,
    body: JSON.stringify({ number, text: `${number} `.repeat(number % 60) }),
    images,
    origin: JSON.stringify({ node: 'n1', number }),
  };
}

function imageOf(number: number): Uint8Array {
  return Uint8Array.from({ length: 5000 + (number % 977) }, (_, index) => (index * 7 + number) % 256);
}

/** The number that a body names; undefined where it names none. */
export function numberOf(body: string): number | undefined {
  const found = /^\{"number":(\d+),/.exec(body)?.[1];
  return found === undefined ? undefined : Number(found);
}
