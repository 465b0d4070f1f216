/** The key or token that a client sent, in one of two headers. Never in its address: addresses are written into logs. */
import type { IncomingMessage } from 'node:http';

const BEARER = /^Bearer +(\S+)$/i;

/**
 * The key in `Authorization: Bearer KEY`, or else in `X-API-Key: KEY`: a proxy, or Node-RED's `httpNodeAuth`, may want the
 * first of them for a login of its own. Undefined where there is none.
 */
export function keyOf({ headers }: IncomingMessage): string | undefined {
  const bearer = BEARER.exec(headers.authorization ?? '')?.[1];
  const other = headers['x-api-key'];
  return bearer ?? (typeof other === 'string' && other !== '' ? other : undefined);
}
