/**
 * HTTP: the one place that makes requests.
 *
 * `createHttpClient(settings).post(request, signal)` sends one request and resolves to an answer or to a failure
 * value; `reach(url, signal)` tells whether the server answers at all. Neither throws or rejects. The client keeps
 * connections alive, bounds the time of a request and the size of an answer, follows no redirect, and keeps every secret
 * out of what it returns.
 */
export { createHttpClient, type HttpClient, type HttpSettings } from './client';
export type { HttpRequest } from './request';
export { parsePathSegment, parseSecret, parseServerUrl } from './address';
export { configuredProxy, type ProxyFor, type ProxySettings } from './proxy';
export { environmentProxy, type EnvironmentProxyOptions } from './environment-proxy';
export { acceptedBody, advise, type Advice, type HttpAnswer, type HttpFailure } from './answer';
