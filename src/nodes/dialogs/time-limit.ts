import { failed, type Failure, type Result } from '../../result';

/** What takes long. Its signal is aborted when the dialog stops waiting, and when its time is up. */
type LongTask<Value> = (signal: AbortSignal) => Promise<Result<Value, Failure<string>>>;

/** How long a dialog waits, and what it says then. */
export interface DialogTime {
  /** Aborted when the time is up. */
  readonly limit: AbortSignal;
  readonly tooLong: string;
}

/** What `task` gives; where its time was up, the failure says that in its own words. */
export async function withinTime<Value>(
  { limit, tooLong }: DialogTime,
  dialog: AbortSignal,
  task: LongTask<Value>,
): Promise<Result<Value, Failure<string>>> {
  const result = await task(AbortSignal.any([dialog, limit]));
  const isOver = !result.ok && result.failure.kind === 'cancelled' && limit.aborted && !dialog.aborted;
  return isOver ? failed({ kind: 'timeout', message: tooLong }) : result;
}
