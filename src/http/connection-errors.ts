import type { Socket } from 'node:net';
import type { Address } from './address';
import type { HttpFailure } from './answer';
import type { Broken } from './outcome';

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

const MAY_WANT_TLS = ': if it speaks TLS, its address begins with https://';

/** What a connection ends in that the other end closes. */
const CLOSED_BY_PEER: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE']);

/** Whether the other end of a connection closed it. */
export function isClosedByPeer(code: string): boolean {
  return CLOSED_BY_PEER.has(code);
}

/** Whether the other end of a connection may have closed it because it speaks TLS, which `protocol` does not. */
export function mayWantTls(
  code: string,
  { protocol }: Pick<Address, 'protocol'>,
  socket: Socket | null | undefined,
): boolean {
  return protocol === 'http' && isClosedByPeer(code) && socket?.bytesRead === 0;
}

// Codes that begin with HPE_ are those of Node.js' HTTP parser.
const NO_HTTP = 'answered, but not in HTTP: is the port right, and is it https:// instead of http://';
/** Answers that Node.js' parser takes from nobody: trying again does not help, and the reading may have been taken. */
const MALFORMED: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: 'answered with more than 16 kB of headers: is the address right',
  HPE_UNEXPECTED_CONTENT_LENGTH:
    'answered with two different lengths: is the address right, or is a proxy broken',
};

const OLD_TLS = 'speaks only an old TLS that is not safe: update the server, or give another address';
const WANTS_CERTIFICATE = 'may want a client certificate: give one in a TLS configuration';

/** Alerts with which a server ends a TLS handshake (RFC 8446, section 6.2), and Node.js' own word for one of them. */
const TLS_ALERTS: Readonly<Record<string, Pick<HttpFailure, 'kind' | 'message'>>> = {
  TLS_ALERT_40: { kind: 'misconfigured', message: `ended the TLS handshake: it ${WANTS_CERTIFICATE}` },
  TLS_ALERT_42: { kind: 'misconfigured', message: `refused the client certificate: it ${WANTS_CERTIFICATE}` },
  TLS_ALERT_70: { kind: 'misdirected', message: OLD_TLS },
  TLS_ALERT_116: {
    kind: 'misconfigured',
    message: 'wants a client certificate: give one in a TLS configuration',
  },
  ERR_SSL_UNSUPPORTED_PROTOCOL: { kind: 'misdirected', message: OLD_TLS },
};

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

/** Certificates have a time: where this machine does not know it, that tells nothing. */
const OF_ANOTHER_TIME: ReadonlySet<string> = new Set(['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID']);

/** The code of a system's, TLS or HTTP error. */
export function errorCode(error: unknown): string {
  const code: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, 'code') : undefined;
  if (typeof code !== 'string') return 'unknown error';
  const alert = error instanceof Error ? alertOf(code, error.message) : undefined;
  return alert === undefined ? code : `TLS_ALERT_${alert}`;
}

// OpenSSL's number of an error (library 20: TLS), which Node.js gives with a system's error in the message alone.
const OPENSSL_NUMBER = /:error:0A(?<reason>[\dA-F]{6}):/;
const FIRST_ALERT = 1000;
const LAST_ALERT = 1255;

/** The number of the alert with which the other end ended a TLS handshake. */
function alertOf(code: string, message: string): number | undefined {
  if (code !== 'EPROTO' && !code.startsWith('ERR_SSL_')) return undefined;
  const reason = Number.parseInt(OPENSSL_NUMBER.exec(message)?.groups?.['reason'] ?? '', 16);
  return reason >= FIRST_ALERT && reason <= LAST_ALERT ? reason - FIRST_ALERT : undefined;
}

/**
 * What a connection's error code means. Codes are those of Node.js' system and TLS errors; one that is not listed
 * counts as offline and is named, because whatever it is, no answer came.
 * @param isClockSet whether this machine's clock can be trusted
 */
export function failureOfConnection(
  broken: Omit<Broken, 'type' | 'answer' | 'isStale'>,
  isClockSet: boolean,
): HttpFailure {
  const { peer, code } = broken;
  if (!isClockSet && OF_ANOTHER_TIME.has(code)) {
    const message = `${peer} has a certificate of another time than this machine's clock shows, which is not set (${code})`;
    return { kind: 'untimely', message };
  }
  const distrust = UNTRUSTED[code];
  if (distrust !== undefined) return { kind: 'untrusted', message: `${peer} ${distrust} (${code})` };
  if (code.startsWith('ERR_OSSL_')) {
    const message = `The certificate or key of the TLS configuration cannot be read: enter it again (${code})`;
    return { kind: 'misconfigured', message };
  }
  const alert = TLS_ALERTS[code];
  if (alert) return { kind: alert.kind, message: `${peer} ${alert.message} (${code})` };
  const malformed = MALFORMED[code];
  if (malformed !== undefined) return { kind: 'misdirected', message: `${peer} ${malformed} (${code})` };
  const foreign = code.startsWith('HPE_') ? NO_HTTP : FOREIGN[code];
  if (foreign !== undefined) return { kind: 'unreadable', message: `${peer} ${foreign} (${code})` };
  const hint = broken.mayWantTls ? MAY_WANT_TLS : '';
  const message = `${peer} ${OFFLINE[code] ?? 'could not be reached'}${hint} (${code})`;
  return { kind: 'offline', message };
}
