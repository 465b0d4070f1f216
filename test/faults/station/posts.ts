/** What senders post to a station under faults: each post is told by its number alone, and so is what it must leave. */
import { createHash } from 'node:crypto';
import { crc32, deflateSync } from 'node:zlib';

/** The sensors that the station knows; all have one key. */
export const SENSORS = ['garden', 'camera'] as const;

/** The keys of the sensors and of the account, which a station under faults is told. */
export interface Secrets {
  readonly key: string;
  readonly token: string;
}

/** A value as the station must give it back; a picture as its id, the SHA-1 of its bytes. */
export type Value = number | string | boolean;

/** A post to a station. */
export interface Post {
  /** Below the address of the station. */
  readonly path: string;
  readonly secret: string;
  /** Its JSON. */
  readonly json: string;
  /** A file of the field `photo` that goes along with the JSON, if any. */
  readonly picture?: Uint8Array;
  /** Its values by their places: see `placeOf`. */
  readonly values: ReadonlyMap<string, Value>;
  /** The ids of its pictures. */
  readonly pictures: readonly string[];
  /**
   * What the station must do: take it; refuse it for good; or one of the two, of what is older than the station keeps
   * readings, because a station that does not know the time cannot tell.
   */
  readonly due: 'taken' | 'refused' | 'either';
}

/** The posts of all senders. */
export interface Posts {
  /** The post of a number, which is 1 or more. */
  readonly of: (number: number) => Post;
  /** A post for the same place as that of a number, with another value: what came first must stay. */
  readonly conflicting: (number: number) => Post;
}

/** How many senders there are; the remainder of a post's number by it tells its sender. */
export const SENDERS = 6;

/** The sender whose posts must be refused. */
export const REFUSED_SENDER = 5;

/** For how long stations under faults keep readings, in days. */
export const KEEP_DAYS = 30;

const DAY_MS = 86_400_000;

/** When the first post was taken, in milliseconds before now: more than two weeks remain for a post a second. */
const BEGIN_MS = 20 * DAY_MS;
const BETWEEN_POSTS_MS = 1000;

/** Values of one signal in a push of history, and the time between them in milliseconds. */
const HISTORY = 5;
const BETWEEN_VALUES_MS = 100;

/** Characters that may follow a JSON text, and make it larger than a station takes. */
const TOO_MANY = ' '.repeat(4.1 * 2 ** 20);

/** The place of a value: no two values have the same one. @param timestamp in milliseconds */
export function placeOf(kind: string, source: string, field: string, timestamp: number): string {
  return `${kind} ${source} ${field} ${timestamp}`;
}

/** @param now in milliseconds since 1970 */
export function createPosts(now: number, { key, token }: Secrets): Posts {
  const timeOf = (number: number) => Math.floor(now - BEGIN_MS) + number * BETWEEN_POSTS_MS;

  function measurement(number: number, temp = tempOf(number)): Post {
    return senio('garden', timeOf(number) + 0.25, { temp, humidity: number % 101 });
  }

  function senio(sensor: string, timestamp: number, data: Readonly<Record<string, number>>): Post {
    const values = Object.entries(data).map(
      ([field, value]) => [placeOf('sensor', sensor, field, timestamp), value] as const,
    );
    const json = JSON.stringify({ timestamp, data });
    return { ...TAKEN, path: `/publish/${sensor}`, secret: key, json, values: new Map(values) };
  }

  function picture(number: number): Post {
    const timestamp = timeOf(number);
    const bytes = pictureOf(number);
    const id = idOf(bytes);
    const numbers = senio('camera', timestamp, { light: number });
    const values = new Map<string, Value>([
      ...numbers.values,
      [placeOf('sensor', 'camera', 'photo', timestamp), id],
    ]);
    return { ...numbers, picture: bytes, values, pictures: [id] };
  }

  function current(number: number): Post {
    const timestamp = timeOf(number);
    const data = { pressure: number / 8, state: `state ${number % 7}`, burns: number % 4 < 2 };
    const signals = Object.entries(data).map(([name, value]) => ({ name, value }));
    const date = new Date(timestamp).toISOString();
    const values = Object.entries(data).map(
      ([signal, value]) => [placeOf('device', 'boiler', signal, timestamp), value] as const,
    );
    return { ...pushed({ device: 'boiler', date, signals }), values: new Map(values) };
  }

  function history(number: number): Post {
    const rows = Array.from({ length: HISTORY }, (_, index) => ({
      timestamp: timeOf(number) + index * BETWEEN_VALUES_MS,
      value: number + index / 8,
    }));
    const entries = ['power', 'energy'].map((signal) => [
      signal,
      { history: rows.map(({ timestamp, value }) => ({ date: new Date(timestamp).toISOString(), value })) },
    ]);
    const values = ['power', 'energy'].flatMap((signal) =>
      rows.map(({ timestamp, value }) => [placeOf('device', 'meter', signal, timestamp), value] as const),
    );
    return { ...pushed({ device: 'meter', signals: Object.fromEntries(entries) }), values: new Map(values) };
  }

  function pushed(body: unknown): Post {
    return { ...TAKEN, path: '/v1/signals/push', secret: token, json: JSON.stringify(body) };
  }

  /** One that must be refused, or is older than readings are kept. */
  function refused(number: number): Post {
    const index = (number - REFUSED_SENDER) / SENDERS;
    const good = measurement(number, 1);
    if (index % 40 === 3)
      return { ...good, due: 'refused', json: good.json + TOO_MANY, picture: pictureOf(number) };
    switch (index % 4) {
      case 0: {
        const timestamp = timeOf(number) - 2 * KEEP_DAYS * DAY_MS;
        return { ...senio('garden', timestamp, { temp: number }), due: 'either' };
      }
      case 1:
        return { ...good, due: 'refused', json: good.json.replace('"temp":1', '"temp":"warm"') };
      case 2:
        return { ...good, due: 'refused', path: '/publish/nobody' };
      default:
        return {
          ...pushed({ device: 'meter', signals: { power: { history: [{ date: 'noon', value: 1 }] } } }),
          due: 'refused',
        };
    }
  }

  const makers: readonly ((number: number) => Post)[] = [
    (number) => measurement(number),
    picture,
    current,
    history,
    (number) => measurement(number),
    refused,
  ];
  return {
    of: (number) => (makers[number % makers.length] ?? refused)(number),
    conflicting: (number) => measurement(number, tempOf(number) + 0.5),
  };
}

/** Whether a conflicting post can be made of a number. */
export function canConflict(number: number): boolean {
  return number % SENDERS === 0 || number % SENDERS === 4;
}

const TAKEN: Pick<Post, 'pictures' | 'due' | 'values'> = { pictures: [], due: 'taken', values: new Map() };

function tempOf(number: number): number {
  return (number % 997) / 10;
}

/** The id of a picture: the SHA-1 of its bytes. */
export function idOf(bytes: Uint8Array): string {
  return createHash('sha1').update(bytes).digest('hex');
}

const PNG_SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex');

/** A complete PNG of grey noise, from 1 to 20 kB, of which no two are the same. */
function pictureOf(number: number): Buffer {
  const side = 28 + ((number * 31) % 113);
  const noise = Buffer.alloc((side + 1) * side, createHash('sha512').update(String(number)).digest());
  // Each row begins with its filter: none.
  for (let row = 0; row < side; row += 1) noise[row * (side + 1)] = 0;
  const head = Buffer.alloc(13);
  head.writeUInt32BE(side, 0);
  head.writeUInt32BE(side, 4);
  head[8] = 8; // bits of a pixel
  const parts = [
    chunk('IHDR', head),
    chunk('IDAT', deflateSync(noise, { level: 0 })),
    chunk('IEND', Buffer.alloc(0)),
  ];
  return Buffer.concat([PNG_SIGNATURE, ...parts]);
}

function chunk(type: string, data: Buffer): Buffer {
  const content = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(content));
  return Buffer.concat([length, content, sum]);
}
