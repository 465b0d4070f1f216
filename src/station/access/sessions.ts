/**
 * The browsers that are signed in. They are kept in memory alone: after a restart of Node-RED everybody signs in again,
 * and no file holds what opens the page.
 */
import { createHash, randomBytes } from 'node:crypto';
import { MAX_SESSIONS, SESSION_MS } from './limits';

/** 256 random bits: nobody guesses them. */
const TOKEN_BYTES = 32;

export interface Sessions {
  /** Begins a session, which ends with the hash of the password that opened it. @returns its token */
  open(passwordHash: string): string;
  /** Whether there is such a session; it lasts for another while then. */
  has(token: string): boolean;
  /** @returns whether there was such a session */
  end(token: string): boolean;
  /** Ends all sessions that none of these opened. */
  keepOnly(passwordHashes: readonly string[]): void;
}

interface Session {
  readonly passwordHash: string;
  readonly usedAt: number;
}

/** @param now milliseconds of a clock that never goes back */
export function createSessions(now: () => number): Sessions {
  /** By the digests of their tokens, so that looking one up takes no time that depends on the token. The longest away is first. */
  const sessions = new Map<string, Session>();

  function touch(id: string, passwordHash: string): void {
    sessions.delete(id);
    sessions.set(id, { passwordHash, usedAt: now() });
  }

  function forgetOld(): void {
    for (const [id, { usedAt }] of sessions) {
      if (sessions.size <= MAX_SESSIONS && now() - usedAt < SESSION_MS) return;
      sessions.delete(id);
    }
  }

  return {
    open(passwordHash) {
      const token = randomBytes(TOKEN_BYTES).toString('base64url');
      touch(digestOf(token), passwordHash);
      forgetOld();
      return token;
    },
    has(token) {
      forgetOld();
      const id = digestOf(token);
      const session = sessions.get(id);
      if (session) touch(id, session.passwordHash);
      return session !== undefined;
    },
    end: (token) => sessions.delete(digestOf(token)),
    keepOnly(passwordHashes) {
      for (const [id, { passwordHash }] of sessions)
        if (!passwordHashes.includes(passwordHash)) sessions.delete(id);
    },
  };
}

function digestOf(token: string): string {
  return createHash('sha256').update(token).digest('base64');
}
