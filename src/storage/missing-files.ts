import { readdir } from 'node:fs/promises';

/** What looks for files that rows name, such as pictures, and that are gone. */
export interface MissingFilesCheck {
  /** Looks now, and reports how many are gone where there are more than the last time. Does not reject. */
  run(): Promise<void>;
}

/**
 * Checks a folder of files that rows name.
 * @param readNames reads all names that rows have; undefined where that does not work now
 * @param report called with the count
 */
export function createMissingFilesCheck(
  folder: string,
  readNames: () => Promise<ReadonlySet<string> | undefined>,
  report: (count: number) => void,
): MissingFilesCheck {
  let reported = 0;
  let running: Promise<void> | undefined;

  async function check(): Promise<void> {
    const named = await readNames();
    if (!named) return;
    const files = new Set(await readdir(folder).catch(() => []));
    const missing = [...named].filter((name) => !files.has(name));
    // A row is deleted before its file: what was deleted meanwhile is not missing.
    const stillNamed = missing.length > 0 ? await readNames() : named;
    const count = missing.filter((name) => stillNamed?.has(name)).length;
    if (count > reported) report(count);
    reported = count;
  }

  return {
    run: () =>
      (running ??= check().finally(() => {
        running = undefined;
      })),
  };
}
