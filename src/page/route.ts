/** What the page shows, as the part of the address after `#`, so that it can be bookmarked. */
import type { SourceKind } from '../station/views/api';
import { isPreset, type RangeChoice } from './range';

export interface SourceId {
  readonly kind: SourceKind;
  readonly name: string;
}

export interface SourceRoute extends SourceId {
  readonly view: 'source';
  /** Absent where the page is to choose. */
  readonly choice?: RangeChoice;
}

export type Route = { readonly view: 'overview' } | SourceRoute;

const OVERVIEW: Route = { view: 'overview' };

/** The largest time that a Date can have, in milliseconds. */
const LAST_TIME = 8.64e15;

/** Parses an address; an invalid one is the overview. @param hash as in `location.hash` */
export function parseRoute(hash: string): Route {
  const [, kind, encodedName = '', query = ''] = /^#\/(sensor|device)\/([^/?]+)(?:\?(.*))?$/.exec(hash) ?? [];
  const name = decode(encodedName);
  if ((kind !== 'sensor' && kind !== 'device') || !name) return OVERVIEW;
  const choice = parseChoice(new URLSearchParams(query));
  return { view: 'source', kind, name, ...(choice === undefined ? {} : { choice }) };
}

/** @returns the hash, beginning with `#` */
export function formatRoute(route: Route): string {
  if (route.view === 'overview') return '#/';
  const { kind, name, choice } = route;
  return `#/${kind}/${encodeURIComponent(name)}${choice === undefined ? '' : `?${formatChoice(choice)}`}`;
}

function formatChoice(choice: RangeChoice): string {
  if (typeof choice === 'string') return `range=${choice}`;
  return `from=${Math.round(choice.from)}&to=${Math.round(choice.to)}`;
}

function parseChoice(query: URLSearchParams): RangeChoice | undefined {
  const preset = query.get('range') ?? '';
  if (isPreset(preset)) return preset;
  const from = parseTime(query.get('from'));
  const to = parseTime(query.get('to'));
  return from !== undefined && to !== undefined && from < to ? { from, to } : undefined;
}

function parseTime(text: string | null): number | undefined {
  const time = /^-?\d{1,16}$/.test(text ?? '') ? Number(text) : Number.NaN;
  return Math.abs(time) <= LAST_TIME ? time : undefined;
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
