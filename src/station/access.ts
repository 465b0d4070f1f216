/** Who may post from outside: keys and tokens, kept as digests and compared in constant time. */
import { createHash, timingSafeEqual } from 'node:crypto';

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

/** The sensors that config nodes have registered: several may have one name, each with its own key. */
export class SensorRegistry {
  readonly #rings = new Map<string, KeyRing>();

  /** @returns the removal of this registration */
  register(name: string, key: string | undefined): () => void {
    const ring = this.#rings.get(name) ?? new KeyRing();
    this.#rings.set(name, ring);
    const remove = ring.register(key);
    return () => {
      remove();
      if (!ring.isRegistered && this.#rings.get(name) === ring) this.#rings.delete(name);
    };
  }

  /** The keys of a sensor; `undefined` where nobody registered the name. */
  find(name: string): KeyRing | undefined {
    return this.#rings.get(name);
  }

  get names(): string[] {
    return [...this.#rings.keys()];
  }
}
