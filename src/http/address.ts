import { describe, misconfigured, success, type Misconfiguration, type Result } from '../result';

/**
 * The base URL of a server, without a slash at its end.
 * @param text what the user typed, such as `https://sensors.example.com/prefix`
 * @param resource the path of the service's API, which is added to it, such as `/publish`
 */
export function parseServerUrl(text: string, resource: string): Result<string, Misconfiguration> {
  const trimmed = text.trim();
  if (trimmed === '') return misconfigured('No server address is set: open the config node and give its URL');
  const variable = missingVariable(trimmed, 'server address') ?? variableWithin(trimmed, 'server address');
  if (variable) return variable;
  const url = URL.canParse(trimmed) ? new URL(trimmed) : undefined;
  const isHttp = url?.protocol === 'http:' || url?.protocol === 'https:';
  // Checked first, because the next message shows the address.
  if (isHttp ? url.username !== '' || url.password !== '' : trimmed.includes('@')) {
    return misconfigured(
      'The server address holds a user name or password: remove them, the key has its own field',
    );
  }
  if (!isHttp) {
    return misconfigured(
      `The server address ${describe(trimmed)} is no URL that begins with http:// or https://`,
    );
  }
  if (url.search !== '' || url.hash !== '') {
    return misconfigured('The server address must end before any "?" or "#": give the part in front of it');
  }
  const path = withoutTrailingSlashes(url.pathname);
  if (`${path}/`.includes(`${resource}/`)) {
    return misconfigured(`The server address goes too far: give the part in front of ${resource}`);
  }
  return success(url.origin + path);
}

const LONGEST_NAME = 200;

/**
 * A name as one segment of a URL's path, percent-encoded.
 * @param name what the user typed, such as a sensor's name
 * @param term what the name is, for the message
 */
export function parsePathSegment(name: string, term: string): Result<string, Misconfiguration> {
  const trimmed = name.trim();
  if (trimmed === '') return misconfigured(`No ${term} is set: open the node and enter it`);
  const variable = missingVariable(trimmed, term);
  if (variable) return variable;
  // A URL takes "." and ".." as steps through its path, percent-encoded or not.
  if (trimmed === '.' || trimmed === '..') return misconfigured(`"${trimmed}" cannot be a ${term}`);
  if (trimmed.length > LONGEST_NAME || /\p{Cc}/u.test(trimmed) || !trimmed.isWellFormed()) {
    return misconfigured(
      `The ${term} ${describe(trimmed)} is too long, or has characters that no name can have`,
    );
  }
  return success(encodeURIComponent(trimmed));
}

/** What is wrong with a setting of the form `${NAME}`: Node-RED puts in the variable's value, where it has one. */
export function missingVariable(text: string, term: string) {
  const variable = /^\$\{([^}]+)\}$/.exec(text)?.[1];
  if (variable === undefined) return undefined;
  return misconfigured(
    `The ${term} is taken from the environment variable ${describe(variable)}, which is not set`,
  );
}

/** What is wrong with an address such as `http://${HOST}`: Node-RED puts in no variable that is a part of a setting. */
function variableWithin(address: string, term: string) {
  const variable = /\$\{[^{}]*\}/.exec(address)?.[0];
  if (variable === undefined) return undefined;
  return misconfigured(
    `The ${term} has ${describe(variable)} in it, but an environment variable must be the whole of it`,
  );
}

// Common servers take 8 kB of headers altogether.
const LONGEST_SECRET = 7000;

/**
 * A key or token fit for an Authorization header.
 * @param secret what the user entered; never part of the message
 * @param term what it is, for the message
 */
export function parseSecret(secret: string, term: string): Result<string, Misconfiguration> {
  const trimmed = secret.trim();
  if (trimmed === '') return misconfigured(`No ${term} is set: open the config node and enter it`);
  const variable = missingVariable(trimmed, term);
  if (variable) return variable;
  if (trimmed.length > LONGEST_SECRET || !/^[\x21-\x7e]+$/.test(trimmed)) {
    return misconfigured(
      `The ${term} is too long, or has spaces or characters that no key has: enter it again in the config node`,
    );
  }
  return success(trimmed);
}

/** Where a connection is made to. */
export interface Address {
  readonly protocol: 'http' | 'https';
  /** A name or an address, an IPv6 address without brackets. */
  readonly host: string;
  readonly port: number;
}

/** The URL that `text` is, where a request can be made to it. */
export function parseHttpUrl(text: string): URL | undefined {
  const url = URL.parse(text);
  return url && /^https?:$/.test(url.protocol) ? url : undefined;
}

/** Where the server of a URL is, which begins with http:// or https://. */
export function addressOf({ protocol, hostname, port }: URL): Address {
  const isSecure = protocol === 'https:';
  return {
    protocol: isSecure ? 'https' : 'http',
    host: hostname.startsWith('[') ? hostname.slice(1, -1) : hostname,
    port: port === '' ? (isSecure ? 443 : 80) : Number(port),
  };
}

/** A path without the slashes at its end. */
function withoutTrailingSlashes(path: string): string {
  let end = path.length;
  while (path[end - 1] === '/') end -= 1;
  return path.slice(0, end);
}
