import { misconfigured, success, type Misconfiguration, type Result } from '../result';
import { addressOf, parseHttpUrl, type Address } from './address';

/** A proxy as a user sets it in Node-RED's http proxy node. */
export interface ProxySettings {
  readonly url: string;
  /** Hosts that are reached directly: `host`, `.domain`, `*.domain`, each with `:port` if need be, or `*`. */
  readonly noProxy: readonly string[];
  readonly username: string | undefined;
  readonly password: string | undefined;
}

/** A proxy that a request goes through. */
export interface Proxy extends Address {
  /** The user name and password as HTTP's Basic scheme spells them; undefined where there are none. */
  readonly credentials: string | undefined;
}

/** The proxy for a request to `target`, or `undefined` where it goes directly. */
export function proxyForUrl(
  target: URL,
  settings: ProxySettings,
): Result<Proxy | undefined, Misconfiguration> {
  if (settings.noProxy.some((rule) => matchesHost(target, rule))) return success(undefined);
  const url = parseHttpUrl(settings.url.trim());
  if (!url) {
    return misconfigured(
      `The proxy's address is no URL that begins with http:// or https://: open the http proxy node`,
    );
  }
  const username = settings.username ?? decodePercent(url.username);
  const password = settings.password ?? decodePercent(url.password);
  const credentials = username === '' ? undefined : Buffer.from(`${username}:${password}`).toString('base64');
  return success({ ...addressOf(url), credentials });
}

/** A proxy as messages name it. */
export function nameOfProxy({ host, port }: Proxy): string {
  return `The proxy ${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** The header that a proxy's credentials go in; none where it has none. */
export function authorizationOf({ credentials }: Proxy): Readonly<Record<string, string>> {
  return credentials === undefined ? {} : { 'Proxy-Authorization': `Basic ${credentials}` };
}

/** A part of a URL as it was meant: a "%" that begins no code stands for itself. */
function decodePercent(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

// A host and an optional port; an IPv6 address is in brackets as in a URL, or has no port.
const NO_PROXY_RULE = /^(?:(?<name>\[[^\]]*\]|[^:]*)(?::(?<port>\d+))?|(?<bare>[\da-f:.]+))$/;

function matchesHost(destination: URL, rule: string): boolean {
  const parts = NO_PROXY_RULE.exec(rule.trim().toLowerCase())?.groups ?? {};
  const { port, bare } = parts;
  const name = bare === undefined ? parts['name'] : `[${bare}]`;
  if (name === undefined || name === '') return false;
  const defaultPort = destination.protocol === 'https:' ? '443' : '80';
  if (port !== undefined && port !== (destination.port || defaultPort)) return false;
  if (name === '*' || name === destination.hostname) return true;
  const suffix = name.startsWith('*.') ? name.slice(1) : name;
  return suffix.startsWith('.') && destination.hostname.endsWith(suffix);
}
