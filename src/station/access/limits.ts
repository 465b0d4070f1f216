/** What bounds who may look: each of these is a promise about memory, time or how fast somebody can guess. */

/** A password that people type: eight characters are what NIST SP 800-63B asks for at least. */
export const MIN_PASSWORD_LENGTH = 8;

/** More than anybody types, so that nobody has megabytes hashed. */
export const MAX_PASSWORD_LENGTH = 200;

/**
 * scrypt's cost, block size and parallelisation: 16 MB, and with five rounds as slow as OWASP's Password Storage Cheat
 * Sheet asks for; 64 MB would be an eighth of a small Raspberry Pi.
 */
export const SCRYPT = { N: 2 ** 14, r: 8, p: 5 };

/** Passwords that wait to be compared, one after another because of the memory that each takes. */
export const MAX_WAITING_PASSWORDS = 8;

/** Wrong passwords of one address: some at once, then one each ten seconds, so 8,640 a day. */
export const WRONG_PASSWORDS = { burst: 5, refillMs: 10_000 };

/** Wrong keys of one address: a device that is set up wrongly is told each time; a program that guesses is slowed. */
export const WRONG_KEYS = { burst: 20, refillMs: 1000 };

/** Addresses whose wrong attempts are remembered, some 100 kB of memory; the one that was longest quiet is forgotten. */
export const MAX_ADDRESSES = 1000;

/** Browsers that are signed in; the one that was longest away has to sign in again. */
export const MAX_SESSIONS = 100;

/** A browser stays signed in for so long after it looked last, in milliseconds. */
export const SESSION_MS = 30 * 86_400_000;

/** The largest body with a password, in bytes. */
export const MAX_SIGN_IN_BYTES = 4096;
