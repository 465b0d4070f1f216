import type { HttpFailure } from './answer';

const OFFLINE: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'refused the connection: is the server running, and is the port right',
  ENOTFOUND: 'is not a known host name: check the address, and the connection to the internet',
  EAI_AGAIN: 'could not be looked up: there seems to be no connection to the internet',
  ECONNRESET: 'closed the connection before its answer was complete',
  EPIPE: 'closed the connection before it had taken the whole request',
  EHOSTUNREACH: 'cannot be reached from here: check the network',
  ENETUNREACH: 'cannot be reached from here: check the network',
  ETIMEDOUT: 'did not take the connection: check the network',
};

// Codes that begin with HPE_ are those of Node.js' HTTP parser.
const NO_HTTP = 'answered, but not in HTTP: is the port right, and is it https:// instead of http://';
const FOREIGN: Readonly<Record<string, string>> = {
  EPROTO: 'answered, but not in TLS: is the port right, and is it http:// instead of https://',
};

const UNTRUSTED: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'has a certificate that has expired, or this machine has the wrong date',
  CERT_NOT_YET_VALID: "has a certificate that is not valid yet: is this machine's date right",
  DEPTH_ZERO_SELF_SIGNED_CERT: 'has a self-signed certificate: give its CA in a TLS configuration',
  SELF_SIGNED_CERT_IN_CHAIN: 'has a certificate of an unknown CA: give that CA in a TLS configuration',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'has a certificate of an unknown CA: give that CA in a TLS configuration',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    'has a certificate of an unknown CA: give that CA in a TLS configuration',
  ERR_TLS_CERT_ALTNAME_INVALID: 'has a certificate for another host name: check the address',
};

/** The code of a system's, TLS or HTTP error. */
export function errorCode(error: unknown): string {
  const code: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, 'code') : undefined;
  return typeof code === 'string' ? code : 'unknown error';
}

/**
 * What a connection's error code means. Codes are those of Node.js' system and TLS errors; one that is not listed
 * counts as offline and is named, because whatever it is, no answer came.
 * @param peer who is at the other end of the connection, as the message names it
 */
export function failureOfConnection(peer: string, code: string): HttpFailure {
  const distrust = UNTRUSTED[code];
  if (distrust !== undefined) return { kind: 'untrusted', message: `${peer} ${distrust} (${code})` };
  if (code.startsWith('ERR_OSSL_')) {
    const message = `The certificate or key of the TLS configuration cannot be read: enter it again (${code})`;
    return { kind: 'misconfigured', message };
  }
  const foreign = code.startsWith('HPE_') ? NO_HTTP : FOREIGN[code];
  if (foreign !== undefined) return { kind: 'unreadable', message: `${peer} ${foreign} (${code})` };
  return { kind: 'offline', message: `${peer} ${OFFLINE[code] ?? 'could not be reached'} (${code})` };
}
