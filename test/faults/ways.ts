/** How a server answers a request, or fails to. */
export type Way =
  | 'take'
  /** The connection is cut, and new ones are refused for a moment. */
  | 'away'
  | 'reset before the body'
  | 'reset during the body'
  | 'reset after the body'
  | '500'
  | '503 with Retry-After'
  | '429'
  /** Taken, and never answered. */
  | 'time-out'
  /** Taken, and answered so slowly that nobody waits for the end. */
  | 'drip'
  /** Taken, and hung up in the middle of the answer. */
  | 'half an answer';

/** Of each way, how many requests of a round. */
export type Deck = Readonly<Record<Way, number>>;

/** Every way a few times, 30 of 100 faulty; those that cost time are rare. */
export const DECK: Deck = {
  take: 70,
  away: 3,
  'reset before the body': 4,
  'reset during the body': 4,
  'reset after the body': 4,
  '500': 4,
  '503 with Retry-After': 3,
  '429': 3,
  'time-out': 1,
  drip: 1,
  'half an answer': 3,
};

/** Every way once, 10 of 34 faulty. */
export const SMALL_DECK: Deck = {
  take: 24,
  away: 1,
  'reset before the body': 1,
  'reset during the body': 1,
  'reset after the body': 1,
  '500': 1,
  '503 with Retry-After': 1,
  '429': 1,
  'time-out': 1,
  drip: 1,
  'half an answer': 1,
};

/** Deals the ways of a deck in an order of chance, again and again. @param random from 0 up to 1 */
export function dealer(deck: Deck, random: () => number): () => Way {
  let cards: Way[] = [];
  return () => {
    if (cards.length === 0) cards = shuffled(deck, random);
    return cards.pop() ?? 'take';
  };
}

function shuffled(deck: Deck, random: () => number): Way[] {
  // The keys of a deck are the ways, all of them, as its type says.
  const ways = Object.keys(deck) as Way[];
  const cards = ways.flatMap((way) => Array.from({ length: deck[way] }, () => ({ way, place: random() })));
  return cards.toSorted((one, other) => one.place - other.place).map(({ way }) => way);
}

/** Numbers from 0 up to 1 that are the same for the same seed, a whole number (the generator Mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
