/**
 * What the page asks for before its main script is there (see `begin.ts`): the answers come while that still loads. Each
 * is used once, by whoever needs it first; what comes after is asked for anew, and so is all once there is news.
 */
import type { GapRule, SeriesAnswer, SourcesAnswer } from '../station/views/api';
import type { Language } from './language';
import type { TimeRange } from './range';
import type { SourceId } from './route';
import type { Texts } from './texts';

export interface WantedSeries {
  readonly source: SourceId;
  readonly field: string;
  readonly range: TimeRange;
  readonly gap: GapRule;
  readonly points: number;
}

export interface BegunSeries extends WantedSeries {
  /** By this device's clock. */
  readonly askedAt: number;
  readonly answer: Promise<SeriesAnswer>;
}

export interface Begun {
  readonly language: Language;
  readonly texts: Promise<Texts>;
  sources: Promise<SourcesAnswer> | undefined;
  /** Those of the first drawings; empty until the sources are there. */
  series: readonly BegunSeries[];
}

/** Something that happens repeatedly, as an `Emitter` tells it. */
interface News {
  listen(listener: () => void): void;
}

declare global {
  interface Window {
    /** How the script inside of the page hands them to the main script. */
    begun?: Begun;
  }
}

/** For so many milliseconds an answer may be used: that is enough for the main script to come over a slow network. */
const FRESH_MS = 10_000;

/** The sources that were asked for; undefined where they were not, or were used already. */
export function takeSources(signal: AbortSignal): Promise<SourcesAnswer> | undefined {
  const { begun } = window;
  const sources = begun?.sources;
  if (begun) begun.sources = undefined;
  return sources && untilAborted(sources, signal);
}

/** The series that was asked for a moment ago, of about the same range and as fine; undefined where there is none. */
export function takeSeries(wanted: WantedSeries, signal: AbortSignal): Promise<SeriesAnswer> | undefined {
  const { begun } = window;
  const found = begun?.series.find((each) => isFresh(each.askedAt) && serves(each, wanted));
  if (!begun || !found) return undefined;
  begun.series = begun.series.filter((each) => each !== found);
  return untilAborted(found.answer, signal);
}

/**
 * Forgets the series that nobody has used yet as soon as there is news: the answers lack it, and nobody adds to a series what
 * arrived before it was loaded.
 */
export function forgetSeriesAt(...news: readonly News[]): void {
  for (const each of news) each.listen(forgetSeries);
}

function forgetSeries(): void {
  if (window.begun) window.begun.series = [];
}

function isFresh(askedAt: number): boolean {
  return Math.abs(Date.now() - askedAt) <= FRESH_MS;
}

/** Whether a series can stand for another one: a preset's range has moved on with the time meanwhile. */
function serves(
  { source: { kind, name }, field, range: { from, to }, gap, points }: BegunSeries,
  wanted: WantedSeries,
): boolean {
  return (
    kind === wanted.source.kind &&
    name === wanted.source.name &&
    field === wanted.field &&
    gap === wanted.gap &&
    points >= wanted.points &&
    Math.abs(from - wanted.range.from) <= FRESH_MS &&
    Math.abs(to - wanted.range.to) <= FRESH_MS
  );
}

/** The same answer, for as long as it is wanted. */
function untilAborted<Answer>(answer: Promise<Answer>, signal: AbortSignal): Promise<Answer> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(new DOMException('Aborted', 'AbortError')), { once: true });
    answer.then(resolve, reject);
  });
}
