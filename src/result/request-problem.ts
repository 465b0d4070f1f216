/**
 * Why a request to a service failed.
 * - `offline`: no connection could be made, or it broke.
 * - `untrusted`: the server's certificate is not one that this machine trusts.
 * - `timeout`: no complete answer in time.
 * - `throttled`: the service asks to slow down (429).
 * - `unavailable`: the service cannot take it now (408, 425, 5xx).
 * - `unreadable`: there was an answer, but not one that this service gives (no JSON where JSON is promised, too large).
 * - `unauthorised`: the key or token was refused (401, 403).
 * - `missing`: the service does not know this address or sensor (404).
 * - `refused`: the service refuses what the request carries (another 4xx, or a redirect).
 * - `misconfigured`: it cannot even be tried: the destination's own settings are incomplete or wrong.
 * - `cancelled`: the node was stopped meanwhile, or whoever asked gave up.
 */
export type RequestProblem =
  | 'offline'
  | 'untrusted'
  | 'timeout'
  | 'throttled'
  | 'unavailable'
  | 'unreadable'
  | 'unauthorised'
  | 'missing'
  | 'refused'
  | 'misconfigured'
  | 'cancelled';
