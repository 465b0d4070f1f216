/** HTML as text: whatever came from outside passes through `escape`. */

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export function escape(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How long ago `timestamp` was at `now`, both in milliseconds. */
export function formatAge(timestamp: number, now: number): string {
  const age = now - timestamp;
  if (age < -SECOND) return 'ahead of this clock';
  if (age < 2 * SECOND) return 'just now';
  if (age < 2 * MINUTE) return `${Math.floor(age / SECOND)} s ago`;
  if (age < 2 * HOUR) return `${Math.floor(age / MINUTE)} min ago`;
  if (age < 2 * DAY) return `${Math.floor(age / HOUR)} h ago`;
  return `${Math.floor(age / DAY)} days ago`;
}

/** A time of day, in this machine's time zone, as exact as a span of `spanMs` needs it. */
export function formatTime(timestamp: number, spanMs: number): string {
  const time = { hour: '2-digit', minute: '2-digit' } as const;
  // Over nearly a day, both ends could be the same time of day.
  if (spanMs > 20 * HOUR) return format(timestamp, { day: 'numeric', month: 'short', ...time });
  return format(timestamp, spanMs < 10 * MINUTE ? { ...time, second: '2-digit' } : time);
}

function format(timestamp: number, options: Intl.DateTimeFormatOptions): string {
  return new Intl.DateTimeFormat('en-GB', options).format(timestamp);
}

/** Six digits that count, but never fewer than are before the point. */
export function formatNumber(value: number): string {
  return String(Math.abs(value) < 1e6 ? Number(value.toPrecision(6)) : value);
}
