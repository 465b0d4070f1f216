/**
 * Does something when asked to: at once, but no more often than every `gapMs`; any number of requests in between lead
 * to one more time at the end.
 * @param schedule runs a task once, so many milliseconds from now
 */
export function createNudge(
  gapMs: number,
  schedule: (task: () => void, ms: number) => void,
  act: () => void,
): () => void {
  let isResting = false;
  let isWanted = false;

  function nudge(): void {
    isWanted = isResting;
    if (isResting) return;
    isResting = true;
    schedule(() => {
      isResting = false;
      if (isWanted) nudge();
    }, gapMs);
    act();
  }

  return nudge;
}
