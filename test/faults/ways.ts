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

/** Of 100 requests, how many go each way: 30 are faulty, and those that cost time are rare. */
const DECK: ReadonlyMap<Way, number> = new Map<Way, number>([
  ['take', 70],
  ['away', 3],
  ['reset before the body', 4],
  ['reset during the body', 4],
  ['reset after the body', 4],
  ['500', 4],
  ['503 with Retry-After', 3],
  ['429', 3],
  ['time-out', 1],
  ['drip', 1],
  ['half an answer', 3],
]);

export const WAYS: ReadonlySet<Way> = new Set(DECK.keys());

/** Deals the cards of a deck, each as often as it is in there, in an order of chance; again and again. */
export function dealerOf<Card>(deck: ReadonlyMap<Card, number>, random: () => number): () => Card {
  const all = [...deck].flatMap(([card, count]) => Array.from({ length: count }, () => card));
  return dealing(() => shuffled(all, random));
}

/** Deals the ways of the deck in an order of chance, again and again. @param random from 0 up to 1 */
export function dealer(random: () => number): () => Way {
  return dealerOf(DECK, random);
}

/** Deals every faulty way once, in an order of chance, each followed by two requests that are taken; again and again. */
export function gentleDealer(random: () => number): () => Way {
  const faulty = [...DECK.keys()].filter((way) => way !== 'take');
  return dealing(() => shuffled(faulty, random).flatMap((way): Way[] => [way, 'take', 'take']));
}

function dealing<Card>(shuffle: () => Card[]): () => Card {
  let cards: Card[] = [];
  return () => {
    if (cards.length === 0) cards = shuffle();
    const card = cards.shift();
    if (card === undefined) throw new RangeError('The deck is empty');
    return card;
  };
}

function shuffled<Card>(cards: readonly Card[], random: () => number): Card[] {
  const placed = cards.map((card) => ({ card, place: random() }));
  return placed.toSorted((one, other) => one.place - other.place).map(({ card }) => card);
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
