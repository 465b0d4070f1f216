/** A small line without axes, as SVG that scales to its place. */
import { svg } from './dom';
import type { TimeRange } from './range';
import { extremes, valueRange, withGaps, withUnconfirmed, type Points, type Series } from './series';

/** The drawing's own units, which the page scales. */
const WIDTH = 200;
const HEIGHT = 40;

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
  const segments = segmentsOf(series, series.gapMs, scale);
  const unconfirmed = segmentsOf(series.unconfirmed, series.gapMs, scale);
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

/** The places of points in the drawing, as far as there is no gap between them. */
function segmentsOf(points: Points, gapMs: number, { range, values: [bottom, top] }: Scale): string[][] {
  const [times, values] = withGaps({ ...points, gapMs });
  const segments: string[][] = [[]];
  for (const [index, time] of times.entries()) {
    const value = values[index] ?? null;
    const x = ((time - range.from) / (range.to - range.from)) * WIDTH;
    if (value === null) segments.push([]);
    else segments.at(-1)?.push(`${round(x)} ${round(((top - value) / (top - bottom)) * HEIGHT)}`);
  }
  return segments;
}

function lineOf(points: readonly string[]): string {
  return points.length > 1 ? `M${points.join('L')}` : '';
}

/** A single point is a line of length zero, which its round ends make a dot. */
function dotOf(points: readonly string[]): string {
  return points.length === 1 ? `M${points[0]}h0` : '';
}

function areaOf(points: readonly string[]): string {
  const [first, last] = [points[0]?.split(' ')[0], points.at(-1)?.split(' ')[0]];
  return first === undefined || first === last
    ? ''
    : `M${first} ${HEIGHT}L${points.join(' ')} ${last} ${HEIGHT}Z`;
}

/** Limits a coordinate: the drawing clips what is outside of it anyway, but SVG has no infinite numbers. */
function round(value: number): string {
  return Math.min(Math.max(value, -1e6), 1e6).toFixed(1);
}
