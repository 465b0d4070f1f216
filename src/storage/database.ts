import { failed, type Result } from '../result';
import { admit, ask, dismiss } from './thread';
import type { Database, DatabaseOptions, OperationTypes, StorageFailure } from './types';

/**
 * Opens a database in the storage thread. Opening happens by itself; where it fails, each call says why and the next
 * tries again. Where the thread ends unexpectedly, calls under way fail as `stopped` and a new thread is started.
 */
export function openDatabase<Operations extends OperationTypes<Operations>, Restored>(
  options: DatabaseOptions<Restored>,
): Database<Operations> {
  const { file, program, notify, now } = options;
  const database = admit({ open: () => ({ file, program, restored: options.restore() }), notify });
  let closing: Promise<void> | undefined;

  async function call<Name extends keyof Operations & string>(
    name: Name,
    argument: Parameters<Operations[Name]>[0],
  ): Promise<Result<ReturnType<Operations[Name]>, StorageFailure>> {
    if (closing) return failed({ kind: 'closed', message: 'The database was closed' });
    return ask({ type: 'call', database, name, argument, now: now() });
  }

  async function end(): Promise<void> {
    await ask({ type: 'close', database });
    await dismiss(database);
  }

  return { call, close: () => (closing ??= end()) };
}
