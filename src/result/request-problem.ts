/**
 * Why a request to a service failed.
 * - `offline`: no connection could be made, or it broke.
 * - `untrusted`: the server's certificate is not one that this machine trusts.
 * - `untimely`: the server's certificate is not valid at the time of this machine's clock, which is not set.
 * - `timeout`: no complete answer in time.
 * - `throttled`: the service asks to slow down (429).
 * - `unavailable`: the service cannot take it now (408, 425, 5xx).
 * - `unreadable`: there was an answer, but not one that this service gives (no JSON where JSON is promised, too large).
 * - `unauthorised`: the key or token was refused (401, 403).
 * - `missing`: the service does not know this address or sensor (404).
 * - `misdirected`: an answer that says that the address, the network or the terms are at fault, not what the request
 *   carries (3xx, 402, 405, 406, 410, 411, 421, 426, 451, 511, and 400 for plain HTTP at an HTTPS port; also headers
 *   over 16 kB, two lengths, and a TLS that is too old).
 * - `refused`: the service refuses what the request carries (another 4xx).
 * - `misconfigured`: it cannot even be tried: the destination's own settings are incomplete or wrong.
 * - `cancelled`: the node was stopped meanwhile, or whoever asked gave up.
 */
export type RequestProblem =
  | 'offline'
  | 'untrusted'
  | 'untimely'
  | 'timeout'
  | 'throttled'
  | 'unavailable'
  | 'unreadable'
  | 'unauthorised'
  | 'missing'
  | 'misdirected'
  | 'refused'
  | 'misconfigured'
  | 'cancelled';
