/** Who may look at the station, and the sessions of those who gave the password. It outlives the station itself. */
import type { IncomingMessage } from 'node:http';
import { failed, success, type Failure, type Result } from '../../result';
import { addressOf } from '../../serving';
import { createAttempts } from './attempts';
import { MAX_WAITING_PASSWORDS, WRONG_PASSWORDS } from './limits';
import { isPassword } from './password';
import { createSessions } from './sessions';

/**
 * Who may look. `starting`: it is not known yet, so nobody may. `isExposed`: other machines
 * reach it, and nobody has said that they may look. `passwordHashes`: each opens; where there is none, nobody can sign in.
 */
export type AccessPolicy =
  | { readonly kind: 'starting' }
  | { readonly kind: 'everyone'; readonly isExposed: boolean }
  | { readonly kind: 'password'; readonly passwordHashes: readonly string[] }
  | { readonly kind: 'nobody' };

/** What a request to look at something gets. */
export type ViewDecision = 'granted' | 'password' | 'nobody' | 'starting';

/** Why a sign-in failed: `waitS` is in how many seconds it may be tried again. */
export type SignInFailure = Failure<'wrong'> | (Failure<'later'> & { readonly waitS: number });

export interface ViewAccess {
  readonly policy: AccessPolicy;
  /** Sets who may look. Sessions that a password opened that is none any more end. */
  setPolicy(policy: AccessPolicy): void;
  decide(request: IncomingMessage): ViewDecision;
  /** Whether a request comes from a browser that gave the password. */
  isSignedIn(request: IncomingMessage): boolean;
  /** @returns the headers that keep the browser signed in */
  signIn(request: IncomingMessage, password: string): Promise<Result<CookieHeader, SignInFailure>>;
  /** Ends the session of a request. @returns the headers that have the browser forget it */
  signOut(request: IncomingMessage): CookieHeader;
  /** Calls a listener when somebody may have lost access. @returns a function that ends that */
  onLoss(listener: () => void): () => void;
}

interface CookieHeader {
  readonly 'Set-Cookie': string;
}

/** Browsers keep it for so long, in seconds; what counts is the session here. */
const COOKIE_AGE_S = 365 * 86_400;

/** @param now milliseconds of a clock that never goes back */
export function createViewAccess(now: () => number, first: AccessPolicy): ViewAccess {
  const sessions = createSessions(now);
  const wrong = createAttempts(WRONG_PASSWORDS, now);
  const compare = createComparison();
  const listeners = new Set<() => void>();
  let policy = first;

  const lost = () => {
    for (const listener of listeners) listener();
  };

  function isSignedIn(request: IncomingMessage): boolean {
    const token = tokenOf(request);
    return token !== undefined && sessions.has(token);
  }

  async function signIn(
    request: IncomingMessage,
    password: string,
  ): Promise<Result<CookieHeader, SignInFailure>> {
    const hashes = policy.kind === 'password' ? policy.passwordHashes : [];
    const address = addressOf(request);
    if (!wrong.mayTry(address)) return later(wrong.secondsUntilNext(address));
    // Counted before it is known to be wrong: many at the same time would all be compared.
    wrong.count(address);
    const compared = await compare(password, hashes);
    if (compared.isBusy) return later(1);
    if (compared.matching === undefined)
      return failed({ kind: 'wrong', message: 'This is not the password.' });
    wrong.forgive(address);
    return success({ 'Set-Cookie': cookie(request, sessions.open(compared.matching), COOKIE_AGE_S) });
  }

  return {
    get policy() {
      return policy;
    },
    setPolicy(next) {
      policy = next;
      sessions.keepOnly(next.kind === 'password' ? next.passwordHashes : []);
      lost();
    },
    decide(request) {
      if (policy.kind === 'everyone') return 'granted';
      return policy.kind === 'password' && isSignedIn(request) ? 'granted' : policy.kind;
    },
    isSignedIn,
    signIn,
    signOut(request) {
      const token = tokenOf(request);
      if (token !== undefined && sessions.end(token)) lost();
      return { 'Set-Cookie': cookie(request, '', 0) };
    },
    onLoss(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

function later(waitS: number): Result<never, SignInFailure> {
  const message = `Too many tries: try again in ${waitS} s.`;
  return failed({ kind: 'later', message, waitS });
}

async function findMatching(password: string, hashes: readonly string[]): Promise<string | undefined> {
  let found: string | undefined;
  for (const hash of hashes) if (await isPassword(password, hash)) found = hash;
  return found;
}

/** `matching`: the hash of the password, if there is one. */
type Comparison =
  | { readonly isBusy: true }
  | { readonly isBusy: false; readonly matching: string | undefined };

/** Compares passwords one after another, and refuses what would wait for long. */
function createComparison() {
  let waiting = 0;
  let last: Promise<unknown> = Promise.resolve();

  return async (password: string, hashes: readonly string[]): Promise<Comparison> => {
    if (waiting >= MAX_WAITING_PASSWORDS) return { isBusy: true };
    waiting += 1;
    const finding = last.then(() => findMatching(password, hashes));
    last = finding.catch(() => undefined);
    try {
      return { isBusy: false, matching: await finding };
    } finally {
      waiting -= 1;
    }
  };
}

/**
 * A cookie without a path is sent to all that is beside the address that set it, `…/station/login`, and nowhere else:
 * whatever `httpNodeRoot` is, and whatever a proxy puts before it. `SameSite=Lax`: a form of another site is sent
 * without it, and who comes from there by a click has it.
 */
function cookie(request: IncomingMessage, token: string, ageS: number): string {
  const secure = isSecure(request) ? '; Secure' : '';
  return `${cookieName(request)}=${token}; Max-Age=${ageS}; HttpOnly; SameSite=Lax${secure}`;
}

/** Cookies do not tell ports apart, and two Node-REDs may run on one machine. */
function cookieName({ socket }: IncomingMessage): string {
  return `sensorpost-station-${socket.localPort ?? 0}`;
}

/**
 * Whether the browser came by https, here or at a proxy. A client that claims so wrongly gets a cookie that it does not
 * send back, and harms nobody else, so these headers may be believed.
 */
function isSecure({ socket, headers }: IncomingMessage): boolean {
  if ('encrypted' in socket && socket.encrypted === true) return true;
  const forwarded = headers['x-forwarded-proto'];
  const isForwarded = typeof forwarded === 'string' && /^https\b/i.test(forwarded);
  return isForwarded || (headers.origin ?? '').startsWith('https://');
}

function tokenOf(request: IncomingMessage): string | undefined {
  const name = cookieName(request);
  for (const pair of (request.headers.cookie ?? '').split(';')) {
    const [key = '', value = ''] = pair.split('=', 2);
    if (key.trim() === name && value.trim() !== '') return value.trim();
  }
  return undefined;
}
