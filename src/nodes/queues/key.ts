import type { Place, Service } from '../contract';

/** The prefix of the path where the destination is the station of this Node-RED. */
const STATION = 'station/';

/** Parses a destination's key as config nodes make it: service, address, and possibly an account. */
export function parseKey(key: string): Place {
  const [word = '', place = '', ...account] = key.split(' ');
  const isStation = place.startsWith(STATION);
  const address = isStation ? place.slice(STATION.length) : place;
  const service = isService(word) ? word : undefined;
  const known = { service, isStation, address, account: account.join(' ') };
  return { ...known, name: nameOf(known) };
}

function isService(word: string): word is Service {
  return word === 'senio' || word === 'databoom';
}

function nameOf({ service, address, account }: Omit<Place, 'name'>): string {
  if (service === 'senio') return decodeSegment(address.slice(address.lastIndexOf('/') + 1));
  return account || address;
}

/** A path segment as the user wrote it. */
function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
