import { EARLIEST_TIMESTAMP, LATEST_TIMESTAMP } from '../../../clock';
import type { Database } from '../../../storage';
import type { StationNotice, StoreOptions } from '../contract';
import type { FoundPicture } from './picture-files';
import type { PictureFolder } from './picture-folder';
import type { RecoveredPicture, StoreOperations } from './program';

/** Pictures that are looked at before their rows are written, so that the end of Node-RED waits for no more. */
const STEP = 200;

/** Pictures that a notice names. */
const MOST_NAMED = 3;

export interface RecoveryOptions extends Pick<StoreOptions, 'now' | 'report'> {
  readonly database: Database<StoreOperations>;
  readonly pictures: PictureFolder;
  /** Called when pictures have rows again, with the bytes of their files. */
  readonly onRecovered: (bytes: number) => void;
}

/**
 * Gives rows to pictures whose rows were lost, and reports it.
 * @param isStopped asked before each step
 * @returns whether that worked for all
 */
export async function recoverPictures(
  ids: readonly string[],
  options: RecoveryOptions,
  isStopped: () => boolean,
): Promise<boolean> {
  const { database, report, onRecovered } = options;
  const recovered: string[] = [];
  const others: string[] = [];
  let done = 0;
  while (done < ids.length && !isStopped()) {
    const step = ids.slice(done, done + STEP);
    const found = await describeEach(step, options);
    const answer = await database.call('recover', found);
    if (!answer.ok) break;
    const names = found.map(({ id }) => id);
    if (answer.value > 0) recovered.push(...names);
    others.push(...step.filter((id) => !names.includes(id)));
    onRecovered(found.reduce((sum, { bytes }) => sum + bytes, 0));
    done += step.length;
  }
  if (recovered.length > 0) report(recoveredNotice(recovered));
  if (others.length > 0) report(unknownNotice(others));
  return done >= ids.length;
}

/** What the files of some pictures tell, in the order of their times, without those that are no pictures. */
async function describeEach(
  ids: readonly string[],
  { pictures, now }: RecoveryOptions,
): Promise<readonly RecoveredPicture[]> {
  const found: RecoveredPicture[] = [];
  for (const id of ids) {
    const picture = await pictures.describe(id);
    const type = picture?.type?.contentType;
    if (picture && type) found.push({ id, bytes: picture.bytes, type, timestamp: timeOf(picture, now()) });
  }
  return found.toSorted((one, other) => one.timestamp - other.timestamp);
}

/** The time of a file, if a picture can be of it; else the present, as it is known of none. */
function timeOf({ modified }: FoundPicture, now: number): number {
  const isPossible = modified >= EARLIEST_TIMESTAMP && modified < LATEST_TIMESTAMP;
  return isPossible ? modified : Math.max(now, EARLIEST_TIMESTAMP);
}

function recoveredNotice(ids: readonly string[]): StationNotice {
  const message = `The station found ${listOf(ids, 'picture')} without an entry in its database: the disk may be failing. They are kept, and shown as sensor "recovered".`;
  return { kind: 'recovered-pictures', message };
}

function unknownNotice(ids: readonly string[]): StationNotice {
  const message = `The station found ${listOf(ids, 'file')} among its pictures that no entry in its database names and that cannot be shown as a picture. They are kept: look at them, and delete them where nobody needs them.`;
  return { kind: 'unknown-files', message };
}

/** As in `5 pictures (a, b, c and 2 more)`. */
function listOf(ids: readonly string[], noun: string): string {
  const names = ids.slice(0, MOST_NAMED).join(', ');
  const more = ids.length > MOST_NAMED ? ` and ${ids.length - MOST_NAMED} more` : '';
  return `${ids.length} ${noun}${ids.length === 1 ? '' : 's'} (${names}${more})`;
}
