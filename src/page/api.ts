/** Requests to the station, by addresses relative to the page. */
import type { GapRule, PicturesAnswer, SeriesAnswer, SourcesAnswer, TextsAnswer } from '../station/views/api';
import { takeSeries, takeSources } from './begun';
import type { TimeRange } from './range';
import type { SourceId } from './route';

export interface FieldId {
  readonly source: SourceId;
  readonly field: string;
}

/** A request that failed; the message is the station's, where it sent one. */
export class ApiFailure extends Error {}

export function readSources(signal: AbortSignal): Promise<SourcesAnswer> {
  return takeSources(signal) ?? read('api/sources', {}, signal);
}

/** Reads numbers. @param points how many there may be at most */
export function readSeries(
  id: FieldId,
  range: TimeRange,
  { points, gap }: { readonly points: number; readonly gap: GapRule },
  signal: AbortSignal,
): Promise<SeriesAnswer> {
  const begun = takeSeries({ ...id, range, gap, points }, signal);
  if (begun) return begun;
  const detail = { points, gap: gap === Infinity ? 'never' : gap };
  return read('api/series', { ...parametersOf(id), ...wholeRange(range), ...detail }, signal);
}

/** Reads the newest texts of a range. */
export function readTexts(
  id: FieldId,
  range: TimeRange,
  count: number,
  signal: AbortSignal,
): Promise<TextsAnswer> {
  return read('api/texts', { ...parametersOf(id), ...wholeRange(range), count }, signal);
}

/** Reads pictures. @param before only older ones; the newest where it is left out */
export function readPictures(
  id: FieldId,
  before: number | undefined,
  count: number,
  signal: AbortSignal,
): Promise<PicturesAnswer> {
  return read(
    'api/pictures',
    { ...parametersOf(id), ...(before === undefined ? {} : { before }), count },
    signal,
  );
}

/** How many pages the station serves, where that is why it sends this one no events; undefined where it is not. */
export async function askWhyNotLive(): Promise<number | undefined> {
  const asking = new AbortController();
  try {
    const response = await fetch('api/live', { signal: asking.signal, cache: 'no-store' });
    askToSignIn(response);
    // An answer that is no refusal has no end.
    const answer: unknown = response.ok ? undefined : await response.json();
    if (typeof answer !== 'object' || answer === null || !('mostPages' in answer)) return undefined;
    return typeof answer.mostPages === 'number' ? answer.mostPages : undefined;
  } catch {
    return undefined;
  } finally {
    asking.abort();
  }
}

/** Ends this browser's session, and shows the page that asks for the password. */
export async function signOut(): Promise<void> {
  try {
    await fetch('logout', { method: 'POST', redirect: 'manual' });
  } finally {
    location.reload();
  }
}

/** The station asks for its password anew, as after a restart: its page does so where this one is. */
function askToSignIn({ status, headers }: Response): void {
  // A proxy's own login says something else.
  if (status === 401 && headers.get('WWW-Authenticate')?.startsWith('Cookie')) location.reload();
}

export function pictureUrl(id: string): string {
  return `pictures/${encodeURIComponent(id)}`;
}

export function thumbnailUrl(id: string): string {
  return `${pictureUrl(id)}/thumbnail`;
}

export function downloadUrl({ kind, name }: SourceId, range: TimeRange, format: 'csv' | 'json'): string {
  return `api/download?${queryOf({ kind, source: name, ...wholeRange(range), format })}`;
}

/** The station has no values from before 1970. */
function wholeRange({ from, to }: TimeRange): TimeRange {
  return { from: Math.max(Math.floor(from), 0), to: Math.max(Math.ceil(to), 0) };
}

function parametersOf({ source, field }: FieldId) {
  return { kind: source.kind, source: source.name, field };
}

function queryOf(parameters: Readonly<Record<string, string | number>>): string {
  return new URLSearchParams(
    Object.entries(parameters).map(([name, value]) => [name, String(value)]),
  ).toString();
}

async function read<Answer>(
  path: string,
  parameters: Readonly<Record<string, string | number>>,
  signal: AbortSignal,
): Promise<Answer> {
  const response = await fetch(`${path}?${queryOf(parameters)}`, { signal, cache: 'no-store' });
  askToSignIn(response);
  const answer: unknown = await response.json().catch(() => undefined);
  // The station and this page are built together from the same types.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  if (response.ok && answer !== undefined) return answer as Answer;
  throw new ApiFailure(sentenceOf(answer) ?? `HTTP ${response.status}`);
}

function sentenceOf(answer: unknown): string | undefined {
  if (typeof answer !== 'object' || answer === null || !('error' in answer)) return undefined;
  return typeof answer.error === 'string' ? answer.error : undefined;
}
