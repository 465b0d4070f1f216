/** Gives the results of what was begun one after another, in the order in which it was begun. */
export type ArrivalOrder = <Value>(begun: Promise<Value>) => Promise<Value>;

/**
 * What begins does so at once, so that it sees its own moment; only its result waits for those before it. What never
 * ends holds up all after it: whatever is begun needs a limit of its own.
 */
export function createArrivalOrder(): ArrivalOrder {
  let last: Promise<unknown> = Promise.resolve();

  return <Value>(begun: Promise<Value>) => {
    const before = last;
    // It fails where it is awaited, below, and holds up nobody.
    const ended = begun.catch(() => undefined);
    last = before.then(() => ended);
    return before.then(() => begun);
  };
}
