import { STATUS_CODES } from 'node:http';
import type { HttpFailure } from './answer';

/** A status code with its name: "503 Service Unavailable". */
export function describeStatus(statusCode: number): string {
  const name = STATUS_CODES[statusCode];
  return name === undefined ? String(statusCode) : `${statusCode} ${name}`;
}

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

/**
 * What a connection's error code means. Codes are those of Node.js' system and TLS errors; one that is not listed
 * counts as offline and is named, because whatever it is, no answer came.
 */
export function failureOfConnection(host: string, code: string): HttpFailure {
  const distrust = UNTRUSTED[code];
  if (distrust !== undefined) return { kind: 'untrusted', message: `${host} ${distrust} (${code})` };
  return { kind: 'offline', message: `${host} ${OFFLINE[code] ?? 'could not be reached'} (${code})` };
}
