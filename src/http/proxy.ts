import { isIPv6 } from 'node:net';
import { misconfigured, success, type Misconfiguration, type Result } from '../result';
import { addressOf, missingVariable, parseHttpUrl, type Address } from './address';

/** A proxy as a user sets it in Node-RED's http proxy node. */
export interface ProxySettings {
  readonly url: string;
  /** Hosts that are reached directly: `host`, `.domain`, `*.domain`, each with `:port` if need be, or `*`. */
  readonly noProxy: readonly string[];
  readonly username: string | undefined;
  readonly password: string | undefined;
}

/** How somebody logs in at a proxy; all undefined where nobody does. */
interface Login {
  readonly username?: string;
  readonly password?: string;
  /** Both as HTTP's Basic scheme spells them. */
  readonly credentials: string | undefined;
}

/** A proxy that a request goes through. */
export interface Proxy extends Address, Login {
  /** The environment variable that it is set in; undefined where it is set in an http proxy node. */
  readonly variable: string | undefined;
}

/** The proxy for a request to a URL, or `undefined` where it goes directly. */
export type ProxyFor = (target: URL) => Result<Proxy | undefined, Misconfiguration>;

/** The proxy that is set in an http proxy node, for all that its hosts do not exempt. */
export function configuredProxy(settings: ProxySettings): ProxyFor {
  return (target) => {
    if (settings.noProxy.some((rule) => matchesHost(target, rule))) return success(undefined);
    const text = settings.url.trim();
    const variable = missingVariable(text, "proxy's address");
    if (variable) return variable;
    const url = parseHttpUrl(text);
    if (!url) {
      return misconfigured(
        `The proxy's address is no URL that begins with http:// or https://: open the http proxy node`,
      );
    }
    const username = settings.username ?? decodePercent(url.username);
    const password = settings.password ?? decodePercent(url.password);
    return success({ ...addressOf(url), ...loginOf(username, password), variable: undefined });
  };
}

/** The proxy at a URL that an environment variable holds. */
export function proxyOfVariable(url: URL, variable: string): Proxy {
  return {
    ...addressOf(url),
    ...loginOf(decodePercent(url.username), decodePercent(url.password)),
    variable,
  };
}

/** A proxy as messages name it, at the begin of a sentence. */
export function nameOfProxy(proxy: Proxy): string {
  return `The proxy ${labelOf(proxy)}`;
}

/** How messages say that a request goes through a proxy; empty where it goes through none. */
export function throughProxy(proxy: Proxy | undefined): string {
  return proxy ? ` through the proxy ${labelOf(proxy)}` : '';
}

function labelOf({ host, port, variable }: Proxy): string {
  const address = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  return variable === undefined ? address : `of ${variable} (${address})`;
}

/** The header that a proxy's credentials go in; none where it has none. */
export function authorizationOf({ credentials }: Proxy): Readonly<Record<string, string>> {
  return credentials === undefined ? {} : { 'Proxy-Authorization': `Basic ${credentials}` };
}

function loginOf(username: string, password: string): Login {
  if (username === '') return { credentials: undefined };
  const credentials = Buffer.from(`${username}:${password}`).toString('base64');
  return { username, password, credentials };
}

/** A part of a URL as it was meant: a "%" that begins no code stands for itself. */
function decodePercent(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const WITH_PORT = /^(?<name>.+):(?<port>\d+)$/;

/**
 * Whether a rule exempts the host of a URL from a proxy: a host, or the end of one where the rule begins with a dot or a
 * star, and perhaps a port. So reads Node-RED's http request node it, which takes the end of an IPv6 address without
 * brackets for a port, though; here that is an address.
 */
export function matchesHost(target: URL, text: string): boolean {
  const rule = text.trim().toLowerCase();
  const { name, port } = isIPv6(rule) ? { name: `[${rule}]` } : partsOf(rule);
  if (port !== undefined && port !== 0 && port !== addressOf(target).port) return false;
  const isSuffix = name.startsWith('*') || name.startsWith('.');
  return isSuffix ? target.hostname.endsWith(name.replace(/^\*/, '')) : target.hostname === name;
}

function partsOf(rule: string): { readonly name: string; readonly port?: number } {
  const { name, port } = WITH_PORT.exec(rule)?.groups ?? {};
  return name === undefined ? { name: rule } : { name, port: Number(port) };
}
