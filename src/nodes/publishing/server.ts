import type { NodeAPI } from 'node-red';
import { isPlainObject } from '../../fields';
import {
  configuredProxy,
  createHttpClient,
  environmentProxy,
  parseSecret,
  type HttpClient,
  type HttpSettings,
  type ProxyFor,
} from '../../http';
import { misconfigured, success, type Misconfiguration, type Result } from '../../result';
import { timekeeperOf } from '../runtime';

/** The settings that both config nodes share. */
export interface ServerSettings {
  /** "here", "cloud" or "custom". */
  readonly server: string;
  readonly url: string;
  /** The id of a core tls-config node, or empty. */
  readonly tls: string;
  /** The id of a core http proxy node, or empty. */
  readonly proxy: string;
}

/** The server that a config node chose: this Node-RED, or one that is reached by HTTP at a base URL. */
export type ServerChoice = { readonly kind: 'here' } | { readonly kind: 'http'; readonly url: string };

/** @param cloudUrl the base URL of the service's own server */
export function chooseServer(
  { server, url }: ServerSettings,
  cloudUrl: string,
): Result<ServerChoice, Misconfiguration> {
  if (server === 'here') return success({ kind: 'here' });
  if (server === 'cloud') return success({ kind: 'http', url: cloudUrl });
  if (server === 'custom') return success({ kind: 'http', url });
  return misconfigured('No server is chosen: open the config node and choose one');
}

/** The key or token with which other clients reach the station; none is needed, but one that is set must be usable. */
export function parseStationSecret(
  secret: string,
  term: string,
): Result<string | undefined, Misconfiguration> {
  return secret.trim() === '' ? success(undefined) : parseSecret(secret, term);
}

// For users without `httpRequestTimeout` in Node-RED's settings: it says how long their requests may take.
const DEFAULT_TIMEOUT_MS = 15_000;

/** What not every user of a server has of an HTTP client. */
export interface HttpOptions {
  /** The longest that any request may take, whatever Node-RED's own setting is. */
  readonly longestMs?: number;
  /** Requests under way at the same time. */
  readonly concurrent?: number;
}

/** An HTTP client with the TLS configuration and the proxy of `settings`, or else the proxies of the environment. */
export function openHttp(
  RED: NodeAPI,
  settings: ServerSettings,
  { longestMs = Infinity, ...options }: HttpOptions = {},
): Result<HttpClient, Misconfiguration> {
  const tls = readTls(RED, settings.tls);
  if (!tls.ok) return tls;
  const proxyFor = settings.proxy === '' ? success(readEnvironment(RED)) : readProxy(RED, settings.proxy);
  if (!proxyFor.ok) return proxyFor;
  const timekeeper = timekeeperOf(RED);
  const timeout: unknown = RED.settings.httpRequestTimeout;
  const http = createHttpClient({
    ...options,
    baseTimeoutMs: Math.min(
      typeof timeout === 'number' && timeout > 0 ? timeout : DEFAULT_TIMEOUT_MS,
      longestMs,
    ),
    now: Date.now,
    isClockSet: timekeeper.isSet,
    heard: timekeeper.heard,
    ...tls.value,
    proxyFor: proxyFor.value,
  });
  return success(http);
}

function readTls(RED: NodeAPI, id: string): Result<Pick<HttpSettings, 'tls'>, Misconfiguration> {
  if (id === '') return success({});
  const addTLSOptions = propertyOf(RED.nodes.getNode(id), 'addTLSOptions');
  if (typeof addTLSOptions !== 'function') {
    return misconfigured(
      'The TLS configuration is missing or disabled: open the config node and choose one or none',
    );
  }
  const tls = {};
  Reflect.apply(addTLSOptions, RED.nodes.getNode(id), [tls]);
  return success({ tls });
}

/**
 * Whether somebody between here and a server can pass for it, because a setting tells Node.js not to check certificates:
 * the TLS configuration's, or else the environment's. Without TLS at all, that is what the address says.
 */
export function isUnverified(RED: NodeAPI, settings: Pick<ServerSettings, 'tls'>, url: string): boolean {
  if (!/^https:/i.test(url.trim())) return false;
  const tls = readTls(RED, settings.tls);
  const checks = tls.ok ? tls.value.tls?.rejectUnauthorized : undefined;
  return checks === undefined ? process.env['NODE_TLS_REJECT_UNAUTHORIZED'] === '0' : !checks;
}

function readProxy(RED: NodeAPI, id: string): Result<ProxyFor, Misconfiguration> {
  const node: unknown = RED.nodes.getNode(id);
  const url = propertyOf(node, 'url');
  if (typeof url !== 'string') {
    return misconfigured('The proxy is missing or disabled: open the config node and choose one or none');
  }
  const noProxy = propertyOf(node, 'noproxy');
  const credentials = propertyOf(node, 'credentials');
  const proxy = {
    url,
    noProxy: Array.isArray(noProxy) ? noProxy.filter((rule) => typeof rule === 'string') : [],
    username: textOf(credentials, 'username'),
    password: textOf(credentials, 'password'),
  };
  return success(configuredProxy(proxy));
}

/** The proxies of the environment, by the settings that hold for Node-RED's http request node too. */
function readEnvironment(RED: NodeAPI): ProxyFor {
  const options = propertyOf(RED.settings, 'proxyOptions');
  const override = textOf(process.env, 'nr_proxy_mode') ?? textOf(process.env, 'NR_PROXY_MODE');
  const mode = override === 'legacy' || override === 'strict' ? override : propertyOf(options, 'mode');
  const variables = propertyOf(options, 'env');
  return environmentProxy(isPlainObject(variables) ? variables : process.env, {
    mode: mode === 'legacy' ? 'legacy' : 'strict',
    favourUpperCase: propertyOf(options, 'favourUpperCase') === true,
    lowerCaseOnly: propertyOf(options, 'lowerCaseOnly') === true,
    excludeNpm: propertyOf(options, 'excludeNpm') === true,
  });
}

function textOf(holder: unknown, name: string): string | undefined {
  const value = propertyOf(holder, name);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function propertyOf(holder: unknown, name: string): unknown {
  return typeof holder === 'object' && holder !== null ? Reflect.get(holder, name) : undefined;
}
