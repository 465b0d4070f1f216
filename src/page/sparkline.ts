/** A small line without axes, as SVG that scales to its place. */
import { svg } from './dom';
import type { TimeRange } from './range';
import { extremes, segmentsOf, valueRange, withUnconfirmed, type Points, type Series } from './series';

/** The drawing's own units, which the page scales. */
const WIDTH = 200;
const HEIGHT = 40;

/** Lines that are shorter, from the left to the right, have a dot. */
const SHORTEST = 2;

export function sparkline(): SVGSVGElement {
  return svg(
    'svg',
    {
      class: 'sparkline',
      viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
      preserveAspectRatio: 'none',
      'aria-hidden': 'true',
    },
    svg('path', { class: 'area' }),
    svg('path', { class: 'line' }),
    svg('path', { class: 'dots' }),
    svg('path', { class: 'line unconfirmed' }),
    svg('path', { class: 'dots unconfirmed' }),
  );
}

/** Draws a series in a range, with its gaps, and its unconfirmed readings as a line of their own. */
export function drawSparkline(drawing: SVGSVGElement, series: Series, range: TimeRange): void {
  const { low, high } = extremes(withUnconfirmed(series), range) ?? { low: null, high: null };
  const scale = { range, values: valueRange(low, high) };
  const segments = placesOf(series, scale);
  const unconfirmed = placesOf(series.unconfirmed, scale);
  const set = (name: string, paths: readonly string[]) =>
    drawing.querySelector(name)?.setAttribute('d', paths.join(''));
  set('.line', segments.map(lineOf));
  set('.dots', segments.map(dotOf));
  set('.area', segments.map(areaOf));
  set('.line.unconfirmed', unconfirmed.map(lineOf));
  set('.dots.unconfirmed', unconfirmed.map(dotOf));
}

/** What the edges of the drawing stand for. */
interface Scale {
  readonly range: TimeRange;
  readonly values: readonly [bottom: number, top: number];
}

interface Place {
  readonly x: number;
  readonly y: number;
}

/** The places of points in the drawing, as far as there is no gap between them. */
function placesOf(points: Points, { range, values: [bottom, top] }: Scale): Place[][] {
  return segmentsOf(points).map(({ times, values }) =>
    times.map((time, index) => ({
      x: ((time - range.from) / (range.to - range.from)) * WIDTH,
      y: ((top - (values[index] ?? 0)) / (top - bottom)) * HEIGHT,
    })),
  );
}

function lineOf(places: readonly Place[]): string {
  return places.length > 1 ? `M${places.map(write).join('L')}` : '';
}

/** A line that is too short to be seen has a dot: a line of length zero, whose round ends are one. */
function dotOf(places: readonly Place[]): string {
  const [first, last] = [places[0], places.at(-1)];
  if (!first || !last || last.x - first.x >= SHORTEST) return '';
  return `M${write(first)}h0`;
}

function areaOf(places: readonly Place[]): string {
  const [first, last] = [places[0], places.at(-1)];
  if (!first || !last || first === last) return '';
  return `M${round(first.x)} ${HEIGHT}L${places.map(write).join(' ')} ${round(last.x)} ${HEIGHT}Z`;
}

function write({ x, y }: Place): string {
  return `${round(x)} ${round(y)}`;
}

/** Limits a coordinate: the drawing clips what is outside of it anyway, but SVG has no infinite numbers. */
function round(value: number): string {
  return Math.min(Math.max(value, -1e6), 1e6).toFixed(1);
}
