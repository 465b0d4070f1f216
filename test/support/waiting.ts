/** Waits of tests: each has a limit of its own, and fails with the name of what it waited for. */
import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';

/** In milliseconds: long enough for a busy machine, and shorter than the limit of a test, which says less. */
export const LIMIT_MS = 120_000;

/** How often a condition that nothing announces is looked at. */
const BETWEEN_LOOKS_MS = 5;

/** What is awaited, as in `an answer`; as a function, it is asked at the limit, and may tell more. */
type Awaited = string | (() => string);

function inVain(what: Awaited, limitMs: number): Error {
  return new Error(`Waited ${limitMs} ms in vain for ${typeof what === 'string' ? what : what()}`);
}

/** Waits for a promise. */
export async function within<Value>(
  what: Awaited,
  promise: Promise<Value>,
  limitMs = LIMIT_MS,
): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(inVain(what, limitMs)), limitMs);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Waits until a condition holds. */
export async function until(
  what: Awaited,
  isTrue: () => boolean | Promise<boolean>,
  limitMs = LIMIT_MS,
): Promise<void> {
  const end = performance.now() + limitMs;
  while (!(await isTrue())) {
    if (performance.now() > end) throw inVain(what, limitMs);
    await pause(BETWEEN_LOOKS_MS);
  }
}

/** Reads a value anew in each turn until it is right, and resolves to it. Fails with the value that was read last. */
export async function readUntil<Value>(
  what: string,
  read: () => Value | Promise<Value>,
  isRight: (value: Value) => boolean,
  limitMs = LIMIT_MS,
): Promise<Value> {
  const end = performance.now() + limitMs;
  for (;;) {
    const value = await within(what, Promise.resolve(read()), Math.max(end - performance.now(), 0));
    if (isRight(value)) return value;
    if (performance.now() > end) throw inVain(`${what}; at last: ${JSON.stringify(value)}`, limitMs);
    await nextTurn();
  }
}
