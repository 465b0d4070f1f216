/** The list of an account's signals: `GET /v1/signals`, page by page. */
import { isPlainObject } from '../fields';
import { failed, success, type Result } from '../result';
import type { TimedValue } from './push';
import { readBackDate, readBackValue } from './read-value';
import type { DataboomReads, ReadFailure } from './reads';
import { MOST_PAGES, MOST_SIGNALS, readSignalPage } from './signal-page';

/** A signal of a device, as an account lists it. */
export interface ListedSignal {
  /** What charts know it by. */
  readonly id: string;
  /** The device's token. */
  readonly device: string;
  /** The signal's token, unique within the device. */
  readonly name: string;
  /** Its last value; undefined where it has none, or one whose time cannot be told. */
  readonly latest: TimedValue | undefined;
  /** Whether it has a last value whose time cannot be told. */
  readonly isUndated: boolean;
}

/** Longer texts are no tokens. */
const LONGEST_TOKEN = 200;

/** All signals of an account, each once. */
export async function listSignals(
  reads: DataboomReads,
  signal: AbortSignal,
): Promise<Result<readonly ListedSignal[], ReadFailure>> {
  const signals = new Map<string, ListedSignal>();
  for (let page = 1; page <= MOST_PAGES; page += 1) {
    const answer = await reads.list(page, signal);
    if (!answer.ok) return answer;
    const found = readSignalPage(answer.value);
    if (!found) return failed(NO_LIST);
    for (const entry of found.entries.map(readSignal)) if (entry) signals.set(entry.id, entry);
    if (signals.size > MOST_SIGNALS) break;
    if (found.isLast) return success([...signals.values()]);
  }
  return failed(TOO_MANY);
}

const NO_LIST: ReadFailure = {
  kind: 'unreadable',
  message: 'The answer is not a list of signals as Databoom gives it: is the server address right',
};

const TOO_MANY: ReadFailure = {
  kind: 'unreadable',
  message: `The account lists more than ${MOST_SIGNALS} signals or ${MOST_PAGES} pages: give the node a token that may see fewer`,
};

/** Undefined for what is no signal with an id, a device and a token. */
function readSignal(entry: unknown): ListedSignal | undefined {
  if (!isPlainObject(entry)) return undefined;
  const { _id: id, device_token: device, signal_token: name } = entry;
  if (!isToken(id) || !isToken(device) || !isToken(name)) return undefined;
  // Databoom's own spelling.
  const value = readBackValue(entry['last_recived_value']);
  const timestamp = readBackDate(entry['last_conn']);
  const latest = value === undefined || timestamp === undefined ? undefined : { timestamp, value };
  return { id, device, name, latest, isUndated: value !== undefined && timestamp === undefined };
}

function isToken(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= LONGEST_TOKEN;
}
