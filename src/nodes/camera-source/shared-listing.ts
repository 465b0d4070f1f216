/** One listing for all who ask while it is under way. */

/** Lists; `signal` is aborted when nobody waits for it any more. Never rejects. */
type Listing<Value> = (signal: AbortSignal) => Promise<Value>;

/**
 * `list` as many clients share it: those that ask while one is under way wait for that, and it is ended with the last of
 * them.
 * @returns what a client asks with; its own signal is aborted when it leaves
 */
export function shareListing<Value>(list: Listing<Value>): Listing<Value> {
  let current:
    | { readonly listed: Promise<Value>; readonly ending: AbortController; clients: number }
    | undefined;

  function begin() {
    const ending = new AbortController();
    const listing = { ending, clients: 0, listed: list(ending.signal) };
    const forget = () => {
      if (current === listing) current = undefined;
    };
    void listing.listed.then(forget, forget);
    ending.signal.addEventListener('abort', forget);
    return listing;
  }

  return async (client) => {
    current ??= begin();
    const listing = current;
    listing.clients += 1;
    const leave = () => {
      listing.clients -= 1;
      if (listing.clients === 0) listing.ending.abort();
    };
    if (client.aborted) leave();
    else client.addEventListener('abort', leave, { once: true });
    try {
      return await listing.listed;
    } finally {
      client.removeEventListener('abort', leave);
    }
  };
}
