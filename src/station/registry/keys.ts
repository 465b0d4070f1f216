/** Who may post from outside: keys and tokens, held as digests and compared in constant time. */
import { createHash, timingSafeEqual } from 'node:crypto';

/** What a client's key grants: `closed` where no key is set at all. */
export type Access = 'granted' | 'closed' | 'missing' | 'wrong';

/** The keys that are valid for one sensor, or for Databoom pushes. */
export interface AccessKeys {
  /**
   * Adds a registration; one without a key counts as registered but grants nobody access.
   * @returns a function that removes this registration; calling it again does nothing
   */
  register(key: string | undefined): () => void;
  readonly isRegistered: boolean;
  /** @param key as the client sent it; undefined where it sent none */
  check(key: string | undefined): Access;
}

export function createAccessKeys(): AccessKeys {
  const registrations = new Set<{ readonly digest: Buffer | undefined }>();

  function register(key: string | undefined): () => void {
    const registration = { digest: key ? digestOf(key) : undefined };
    registrations.add(registration);
    return () => {
      registrations.delete(registration);
    };
  }

  function check(key: string | undefined): Access {
    const digests = [...registrations].flatMap(({ digest }) => (digest ? [digest] : []));
    if (digests.length === 0) return 'closed';
    if (key === undefined) return 'missing';
    const candidate = digestOf(key);
    // Every key is compared, so that the response time does not reveal which one matched.
    return digests.filter((digest) => timingSafeEqual(digest, candidate)).length > 0 ? 'granted' : 'wrong';
  }

  return {
    register,
    get isRegistered() {
      return registrations.size > 0;
    },
    check,
  };
}

/** Digests all have the same length, which a comparison in constant time needs. */
function digestOf(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}
