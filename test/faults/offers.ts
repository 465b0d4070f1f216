/** The readings that an observer offers to be published, each told by its id alone, and how they look when they arrive. */
import { isDeepStrictEqual } from 'node:util';

/** Which of the services a reading is for. */
export type ServiceName = 'senio' | 'databoom';

/** A reading: as it is offered, and as it must arrive. */
export interface Offer {
  readonly service: ServiceName;
  /** Milliseconds since 1970. */
  readonly timestamp: number;
  readonly data: Readonly<Record<string, unknown>>;
  /** The device's token, of a reading for Databoom. */
  readonly device: string | undefined;
  /** A picture in the field `picture`, of some of those for Senio. */
  readonly picture: Buffer | undefined;
}

/** The reading with an id. */
export type OfferOf = (id: number) => Offer;

/** The sensor that readings for Senio are of. */
export const SENSOR = 'faults';

/** When the first reading was taken; their ids are milliseconds after it. */
export const BEGIN = Date.UTC(2026, 4, 1);
// So long that it comes in more than one piece.
const PICTURE_BYTES = 70_000;
const JPEG_BEGIN = Buffer.from('ffd8ffe000104a46494600010100000100010000', 'hex');

/** The reading with the given id: even ones are for Senio, every 20th of them with a picture. */
export function offerOf(id: number): Offer {
  if (id % 2 === 1) {
    const data = { number: id, text: `reading ${id} `.repeat(id % 5) };
    return {
      service: 'databoom',
      timestamp: BEGIN + id,
      data,
      device: `device-${id % 3}`,
      picture: undefined,
    };
  }
  const picture = id % 40 === 0 ? pictureOf(id) : undefined;
  const data = { number: id, temp: (id % 997) / 10 };
  return { service: 'senio', timestamp: BEGIN + id + 0.25, data, device: undefined, picture };
}

function pictureOf(id: number): Buffer {
  const noise = Buffer.alloc(PICTURE_BYTES + (id % 977), `${id} is the number of this picture. `);
  return Buffer.concat([JPEG_BEGIN, noise]);
}

/** The id of a reading that is what was offered; undefined of one that is not. */
export function idOf(reading: Offer, offeredAs: OfferOf): number | undefined {
  const { number } = reading.data;
  const isKnown = typeof number === 'number' && isDeepStrictEqual(reading, offeredAs(number));
  return isKnown ? number : undefined;
}

/** A request that carries readings. */
export interface Post {
  readonly path: string;
  readonly contentType: string;
  readonly body: Buffer;
}

/** The readings that a request carries; throws where it is none of either service. */
export async function readingsIn({ path, contentType, body }: Post): Promise<readonly Offer[]> {
  if (path === '/v1/signals/push') return pushedReadings(body);
  if (path !== `/publish/${SENSOR}`) throw new Error(`Nobody is at ${path}`);
  if (!contentType.startsWith('multipart/')) return [measuredReading(body.toString(), undefined)];
  const headers = { 'Content-Type': contentType };
  const form = await new Response(new Uint8Array(body), { headers }).formData();
  const [json, picture] = [form.get('json'), form.get('picture')];
  if (typeof json !== 'string' || !(picture instanceof File))
    throw new Error('That is no picture with its values');
  return [measuredReading(json, Buffer.from(await picture.arrayBuffer()))];
}

function measuredReading(json: string, picture: Buffer | undefined): Offer {
  const { timestamp, data }: Pick<Offer, 'timestamp' | 'data'> = JSON.parse(json);
  return { service: 'senio', timestamp, data, device: undefined, picture };
}

interface Pushed {
  readonly device: string;
  readonly date: string;
  readonly signals:
    | readonly { readonly name: string; readonly value: unknown }[]
    | Readonly<
        Record<string, { readonly history: readonly { readonly date: string; readonly value: unknown }[] }>
      >;
}

/** Current values are one reading; of a history, the values of one time are. */
function pushedReadings(body: Buffer): readonly Offer[] {
  const { device, date, signals }: Pushed = JSON.parse(body.toString());
  const readings = new Map<string, Record<string, unknown>>();
  const add = (when: string, name: string, value: unknown) =>
    readings.set(when, { ...readings.get(when), [name]: value });
  if (Array.isArray(signals)) for (const { name, value } of signals) add(date, name, value);
  else
    for (const [name, { history }] of Object.entries(signals))
      for (const timed of history) add(timed.date, name, timed.value);
  return [...readings].map(([when, data]) => ({
    service: 'databoom',
    timestamp: Date.parse(when),
    data,
    device,
    picture: undefined,
  }));
}
