/** Whether a request has the token of a Databoom account. */
import type { IncomingMessage } from 'node:http';
import { refusalAnswer, type Answer } from '../protocol';
import type { Access, AccessKeys } from '../registry';
import { keyOf } from './key-of';

const NO_ACCESS: Readonly<Record<Exclude<Access, 'granted'>, string>> = {
  closed:
    'There is no token yet: set one in a databoom-config node that chose this Node-RED, then send it as "Authorization: Bearer TOKEN".',
  missing: 'The token is missing: send the one of a databoom-config node as "Authorization: Bearer TOKEN".',
  wrong: 'The token is not known here: compare it with the one in the databoom-config node.',
};

/** What tells a client whether its token is wrong or missing, in the words of RFC 6750, 3. */
const CHALLENGES: Readonly<Record<Exclude<Access, 'granted'>, string>> = {
  closed: 'Bearer error="invalid_token"',
  missing: 'Bearer',
  wrong: 'Bearer error="invalid_token"',
};

/** The answer to a request without a token that is known here; undefined where it has one. */
export function refuseToken(tokens: AccessKeys, request: IncomingMessage): Answer | undefined {
  const access = tokens.check(keyOf(request));
  if (access === 'granted') return undefined;
  const answer = refusalAnswer({ kind: 'unauthorised', message: NO_ACCESS[access] });
  return { ...answer, headers: { ...answer.headers, 'WWW-Authenticate': CHALLENGES[access] } };
}
