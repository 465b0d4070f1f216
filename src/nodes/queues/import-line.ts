import { createHash } from 'node:crypto';
import { isPlainObject } from '../../fields';
import { decodeJson } from '../../json';
import type { ImportedItem, NewImage } from '../../outbox';
import { failed, success, type Failure, type Result } from '../../result';
import type { LineProblem } from '../contract';
import { encodeOrigin, parseKey } from '../runtime';
import { nameOfGroup, storedReading, type WrittenReading } from './content';
import { EXPORT_FORMAT } from './reading';

/** A line of an export that is to be imported. */
export interface ImportedLine {
  readonly item: ImportedItem;
  /** What people call the device, or the sensor, that the reading is of. */
  readonly device: string;
}

/** Why a line cannot be imported. */
export type LineFailure = Failure<LineProblem>;

/** The longest identity of a file that was written by hand, in characters. */
const LONGEST_IDENTITY = 100;

type Fields = Readonly<Record<string, unknown>>;

/**
 * Reads a line of an export, of this version or an earlier one, or one that was written by hand with a `payload` and a
 * `timestamp`.
 * @param destination the key of the queue that it is imported into
 */
export function parseLine(destination: string, line: string): Result<ImportedLine, LineFailure> {
  const fields = decodeJson(line)?.value;
  if (!isPlainObject(fields)) return problem('no-reading', 'It is no JSON object');
  const checked = checkFormat(destination, fields);
  if (!checked.ok) return checked;
  const { timestamp } = fields;
  if (typeof timestamp !== 'number' || !Number.isFinite(timestamp))
    return problem('no-time', 'It has no timestamp in milliseconds');
  const pictures = picturesOf(fields['pictures']);
  if (!pictures.ok) return pictures;
  return itemOf(destination, fields, {
    timestamp,
    payload: fields['payload'] ?? {},
    target: fields,
    pictures: pictures.value,
  });
}

function checkFormat(destination: string, fields: Fields): Result<void, LineFailure> {
  const { format = EXPORT_FORMAT, problem: reason, destination: from } = fields;
  if (typeof reason === 'string' && !('payload' in fields)) return problem('incomplete', reason);
  if (typeof format !== 'number' || format > EXPORT_FORMAT)
    return problem('newer', `A newer version wrote it (format ${String(format)})`);
  const service = typeof from === 'string' ? parseKey(from).service : undefined;
  return service === undefined || service === parseKey(destination).service
    ? success(undefined)
    : problem('other-service', `It is of the service ${service}`);
}

function itemOf(
  destination: string,
  fields: Fields,
  reading: WrittenReading,
): Result<ImportedLine, LineFailure> {
  const stored = storedReading(destination, reading);
  if (!stored.ok) return problem('refused', stored.failure.message);
  const identity = identityOf(fields, stored.value);
  const { node, topic, _msgid, parts } = fields;
  const origin = encodeOrigin({
    node: typeof node === 'string' ? node : '',
    message: { topic, _msgid, parts },
    reading: identity,
  });
  return success({
    item: { ...stored.value, destination, origin, identity },
    device: deviceOf(destination, fields, stored.value.group),
  });
}

/** That of the export; of what was written by hand, one by its content. */
function identityOf({ id }: Fields, { group, timestamp, body }: ImportedItemContent): string {
  if (typeof id === 'string' && id !== '' && id.length <= LONGEST_IDENTITY && !id.includes('\0')) return id;
  const hash = createHash('sha256').update(JSON.stringify([group, timestamp, body]));
  return hash.digest('base64url');
}

type ImportedItemContent = Pick<ImportedItem, 'group' | 'timestamp' | 'body'>;

function deviceOf(destination: string, { destination: from }: Fields, group: string): string {
  if (group !== '') return nameOfGroup(destination, group);
  return parseKey(typeof from === 'string' ? from : destination).name;
}

function picturesOf(pictures: unknown): Result<readonly NewImage[], LineFailure> {
  const list: readonly unknown[] = Array.isArray(pictures) ? pictures : [];
  const images: NewImage[] = [];
  for (const picture of list) {
    if (!isPlainObject(picture) || typeof picture['field'] !== 'string')
      return problem('picture', 'One of its pictures has no field');
    const { field, size, base64 } = picture;
    const bytes = typeof base64 === 'string' ? Buffer.from(base64, 'base64') : undefined;
    if (!bytes || (typeof size === 'number' && bytes.length !== size))
      return problem('picture', `Its picture "${field}" is not whole`);
    images.push({ field, bytes });
  }
  return success(images);
}

function problem(kind: LineProblem, message: string) {
  return failed<LineFailure>({ kind, message });
}
