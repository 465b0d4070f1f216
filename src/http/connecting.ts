/**
 * How every connection is made. A name may have several addresses, of IPv6 and IPv4, and Node.js gives each but the last
 * this long to answer before it goes on to the next. Its own 250 ms are less than a handshake takes by satellite or on
 * a bad mobile link, so that it would never connect there.
 */
export const CONNECTING = { autoSelectFamilyAttemptTimeout: 5000 } as const;
