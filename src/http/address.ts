import { describe, failed, success, type Failure, type Result } from '../result';

/** Settings that cannot be used. */
export type AddressFailure = Failure<'misconfigured'>;

/**
 * The base URL of a server, without a slash at its end.
 * @param text what the user typed, such as `https://sensors.example.com/prefix`
 */
export function parseServerUrl(text: string): Result<string, AddressFailure> {
  const trimmed = text.trim();
  if (trimmed === '') return misconfigured('No server address is set: open the config node and give its URL');
  const url = URL.canParse(trimmed) ? new URL(trimmed) : undefined;
  if (!url || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    return misconfigured(
      `The server address "${trimmed.slice(0, 80)}" is no URL that begins with http:// or https://`,
    );
  }
  if (url.username !== '' || url.password !== '') {
    return misconfigured(
      'The server address holds a user name or password: remove them, the key has its own field',
    );
  }
  if (url.search !== '' || url.hash !== '') {
    return misconfigured('The server address must end before any "?" or "#": give the part in front of it');
  }
  return success(url.origin + url.pathname.replace(/\/+$/, ''));
}

const LONGEST_NAME = 200;

/**
 * A name as one segment of a URL's path, percent-encoded.
 * @param name what the user typed, such as a sensor's name
 * @param term what the name is, for the message
 */
export function parsePathSegment(name: string, term: string): Result<string, AddressFailure> {
  const trimmed = name.trim();
  if (trimmed === '') return misconfigured(`No ${term} is set`);
  // A URL takes "." and ".." as steps through its path, percent-encoded or not.
  if (trimmed === '.' || trimmed === '..') return misconfigured(`"${trimmed}" cannot be a ${term}`);
  if (trimmed.length > LONGEST_NAME || /\p{Cc}/u.test(trimmed) || !trimmed.isWellFormed()) {
    return misconfigured(
      `The ${term} ${describe(trimmed)} is too long, or has characters that no name can have`,
    );
  }
  return success(encodeURIComponent(trimmed));
}

/**
 * A key or token fit for an Authorization header.
 * @param secret what the user entered; never part of the message
 * @param term what it is, for the message
 */
export function parseSecret(secret: string, term: string): Result<string, AddressFailure> {
  const trimmed = secret.trim();
  if (trimmed === '') return misconfigured(`No ${term} is set: open the config node and enter it`);
  if (!/^[\x21-\x7e]+$/.test(trimmed)) {
    return misconfigured(
      `The ${term} has spaces or characters that no key has: enter it again in the config node`,
    );
  }
  return success(trimmed);
}

/** A proxy as a user sets it in Node-RED's http proxy node. */
export interface ProxySettings {
  readonly url: string;
  /** Hosts that are reached directly: `host`, `.domain`, `*.domain`, each with `:port` if need be, or `*`. */
  readonly noProxy: readonly string[];
  readonly username: string | undefined;
  readonly password: string | undefined;
}

/** A proxy that a request goes through. */
export interface Proxy {
  readonly protocol: 'http' | 'https';
  readonly host: string;
  readonly port: number;
  readonly auth?: { readonly username: string; readonly password: string };
}

/** The proxy for a request to `target`, or `undefined` where it goes directly. */
export function proxyForUrl(
  target: string,
  settings: ProxySettings,
): Result<Proxy | undefined, AddressFailure> {
  const destination = new URL(target);
  if (settings.noProxy.some((rule) => matchesHost(destination, rule))) return success(undefined);
  const url = URL.canParse(settings.url.trim()) ? new URL(settings.url.trim()) : undefined;
  const protocol = url?.protocol.slice(0, -1);
  if (!url || (protocol !== 'http' && protocol !== 'https')) {
    return misconfigured(
      `The proxy's address is no URL that begins with http:// or https://: open the http proxy node`,
    );
  }
  const port = Number(url.port) || (protocol === 'https' ? 443 : 80);
  const username = settings.username ?? decodeURIComponent(url.username);
  const password = settings.password ?? decodeURIComponent(url.password);
  const auth = username === '' ? {} : { auth: { username, password } };
  return success({ protocol, host: url.hostname, port, ...auth });
}

function matchesHost(destination: URL, rule: string): boolean {
  const [name = '', port] = rule.trim().toLowerCase().split(':');
  if (name === '') return false;
  const defaultPort = destination.protocol === 'https:' ? '443' : '80';
  if (port !== undefined && port !== (destination.port || defaultPort)) return false;
  if (name === '*' || name === destination.hostname) return true;
  const suffix = name.startsWith('*.') ? name.slice(1) : name;
  return suffix.startsWith('.') && destination.hostname.endsWith(suffix);
}

function misconfigured(message: string) {
  return failed<AddressFailure>({ kind: 'misconfigured', message });
}
