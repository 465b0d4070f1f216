/** A small line without axes, as SVG that scales to its place. */
import { svg } from './dom';
import type { TimeRange } from './range';
import { extremes, valueRange, withGaps, type Series } from './series';

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
  );
}

/** Draws a series in a range, with its gaps. */
export function drawSparkline(drawing: SVGSVGElement, series: Series, range: TimeRange): void {
  const { low, high } = extremes(series, range) ?? { low: null, high: null };
  const [bottom, top] = valueRange(low, high);
  const [times, values] = withGaps(series);
  const segments: string[][] = [[]];
  for (const [index, time] of times.entries()) {
    const value = values[index] ?? null;
    const x = ((time - range.from) / (range.to - range.from)) * WIDTH;
    if (value === null) segments.push([]);
    else segments.at(-1)?.push(`${round(x)} ${round(((top - value) / (top - bottom)) * HEIGHT)}`);
  }
  drawing.querySelector('.line')?.setAttribute('d', segments.map(lineOf).join(''));
  drawing.querySelector('.dots')?.setAttribute('d', segments.map(dotOf).join(''));
  drawing.querySelector('.area')?.setAttribute('d', segments.map(areaOf).join(''));
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
