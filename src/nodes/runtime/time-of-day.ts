/** This machine's local time as HH:MM:SS. */
export function timeOfDay(timestamp: number): string {
  return new Date(timestamp).toTimeString().slice(0, 8);
}
