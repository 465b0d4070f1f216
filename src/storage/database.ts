import { failed, type Result } from '../result';
import { register, send, unregister } from './thread';
import type { Database, DatabaseOptions, OperationTypes, StorageFailure } from './types';

/**
 * Opens a database in the storage thread. Opening goes on in the background; if it fails, each call fails with the
 * reason and the next one tries again. If the thread ends unexpectedly, pending calls fail as `stopped` and a new
 * thread starts.
 */
export function openDatabase<Operations extends OperationTypes<Operations>, Restored>(
  options: DatabaseOptions<Restored>,
): Database<Operations> {
  const { file, program, notify, now } = options;
  const database = register({ open: () => ({ file, program, restored: options.restore() }), notify });
  let closing: Promise<void> | undefined;

  async function call<Name extends keyof Operations & string>(
    name: Name,
    argument: Parameters<Operations[Name]>[0],
  ): Promise<Result<ReturnType<Operations[Name]>, StorageFailure>> {
    if (closing) return failed({ kind: 'closed', message: 'The database was closed' });
    return send({ type: 'call', database, name, argument, now: now() });
  }

  async function end(): Promise<void> {
    await send({ type: 'close', database });
    await unregister(database);
  }

  return { call, close: () => (closing ??= end()) };
}
