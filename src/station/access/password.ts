/** Passwords, which are kept as their scrypt hashes alone. */
import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { failed, success, type Failure, type Result } from '../../result';
import { MAX_PASSWORD_LENGTH, MIN_PASSWORD_LENGTH, SCRYPT } from './limits';

const SALT_BYTES = 16;
const HASH_BYTES = 32;

/** The form of a hash, with its parameters, as other programs write scrypt's too. */
const HASH = /^\$scrypt\$N=(\d{1,6}),r=(\d{1,2}),p=(\d{1,2})\$([\w-]{22})\$([\w-]{43})$/;

/** Hashes a password for `isPassword`; the failure says what a password needs. */
export async function hashPassword(password: string): Promise<Result<string, Failure<'invalid'>>> {
  const { length } = password.normalize('NFC');
  if (length < MIN_PASSWORD_LENGTH || length > MAX_PASSWORD_LENGTH) {
    const message = `The password needs ${MIN_PASSWORD_LENGTH} characters at least, and may have ${MAX_PASSWORD_LENGTH}`;
    return failed({ kind: 'invalid', message });
  }
  const { N, r, p } = SCRYPT;
  const salt = randomBytes(SALT_BYTES);
  const hash = await derive(password, salt, SCRYPT);
  return success(`$scrypt$N=${N},r=${r},p=${p}$${salt.toString('base64url')}$${hash.toString('base64url')}`);
}

/** Whether a text is a hash of `hashPassword`, of this version or one with other costs. */
export function isPasswordHash(text: string): boolean {
  return readHash(text) !== undefined;
}

/** Whether a hash is that of this password. False for a text that is no hash. */
export async function isPassword(password: string, hash: string): Promise<boolean> {
  const read = readHash(hash);
  if (!read || password.length > 2 * MAX_PASSWORD_LENGTH) return false;
  return timingSafeEqual(await derive(password, read.salt, read.costs), read.hash);
}

interface ReadHash {
  readonly costs: typeof SCRYPT;
  readonly salt: Buffer;
  readonly hash: Buffer;
}

function readHash(text: string): ReadHash | undefined {
  const [, N, r, p, salt = '', hash = ''] = HASH.exec(text) ?? [];
  const costs = { N: Number(N), r: Number(r), p: Number(p) };
  const isPowerOfTwo = Number.isInteger(Math.log2(costs.N)) && costs.N >= 2;
  if (!isPowerOfTwo || costs.r < 1 || costs.p < 1 || costs.N * costs.r > SCRYPT.N * SCRYPT.r * 4)
    return undefined;
  return { costs, salt: Buffer.from(salt, 'base64url'), hash: Buffer.from(hash, 'base64url') };
}

function derive(password: string, salt: Buffer, costs: typeof SCRYPT): Promise<Buffer> {
  const { N, r, p } = costs;
  // What scrypt needs is 128 · r bytes for each of N and p; Node.js refuses more than 32 MB unless it is told.
  const maxmem = 128 * r * (N + p + 2);
  return new Promise((resolve, reject) => {
    // The same letters, in whatever way a keyboard composes them.
    scrypt(password.normalize('NFC'), salt, HASH_BYTES, { N, r, p, maxmem }, (error, hash) => {
      if (error) reject(error);
      else resolve(hash);
    });
  });
}
