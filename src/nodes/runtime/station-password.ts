import { loadStationRoom } from './lazy-rooms';

/** Hashes a password for those who look at the station; the failure says what a password needs. */
export function hashStationPassword(password: string) {
  return loadStationRoom().hashPassword(password);
}

/** Whether a text is such a hash. */
export function isStationPasswordHash(text: string): boolean {
  return loadStationRoom().isPasswordHash(text);
}
