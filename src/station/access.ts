/** Who may post from outside: keys and tokens, kept as digests and compared in constant time. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { FieldLabels, type StationField } from './labels';

/** What an Authorization header is worth: `closed` where no key is set at all. */
export type Access = 'granted' | 'closed' | 'missing' | 'wrong';

/** The keys that open one door. A registration without a key counts, but opens it for nobody. */
export class KeyRing {
  readonly #registrations = new Set<{ readonly digest: Buffer | undefined }>();

  /** @returns the removal of this registration; calling it again does nothing */
  register(key: string | undefined): () => void {
    const registration = { digest: key ? digestOf(key) : undefined };
    this.#registrations.add(registration);
    return () => {
      this.#registrations.delete(registration);
    };
  }

  get isRegistered(): boolean {
    return this.#registrations.size > 0;
  }

  /** @param authorization the header of that name; `Bearer KEY` is what is looked for */
  check(authorization: string | undefined): Access {
    const digests = [...this.#registrations].flatMap(({ digest }) => (digest ? [digest] : []));
    if (digests.length === 0) return 'closed';
    const key = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
    if (key === undefined) return 'missing';
    const candidate = digestOf(key);
    // Every key is compared, so that the time tells nothing about which of them was right.
    return digests.filter((digest) => timingSafeEqual(digest, candidate)).length > 0 ? 'granted' : 'wrong';
  }
}

/** Digests have one length whatever the key's, as a comparison in constant time needs. */
function digestOf(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}

/** A sensor that config nodes have registered. */
export interface RegisteredSensor {
  readonly keys: KeyRing;
  readonly labels: FieldLabels;
}

/** The sensors that config nodes have registered: several may have one name, each with its own key and fields. */
export class SensorRegistry {
  readonly #sensors = new Map<string, RegisteredSensor>();

  /** @returns the removal of this registration */
  register(name: string, key: string | undefined, fields: readonly StationField[]): () => void {
    const sensor = this.#sensors.get(name) ?? { keys: new KeyRing(), labels: new FieldLabels() };
    this.#sensors.set(name, sensor);
    const removals = [sensor.keys.register(key), sensor.labels.register(fields)];
    return () => {
      for (const remove of removals) remove();
      if (!sensor.keys.isRegistered && this.#sensors.get(name) === sensor) this.#sensors.delete(name);
    };
  }

  /** A sensor by its name; `undefined` where nobody registered it. */
  find(name: string): RegisteredSensor | undefined {
    return this.#sensors.get(name);
  }

  get names(): string[] {
    return [...this.#sensors.keys()];
  }
}
