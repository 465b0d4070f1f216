/** A line graph as inline SVG, of whatever width its place has; its labels are text around it. */
import { escape, formatNumber, formatTime } from './html';
import type { Point } from './series';

/** The drawing's own units; it is stretched to the place that the page gives it. */
const WIDTH = 600;
const HEIGHT = 100;
const MARGIN = 4;

/** Per column only the lowest and highest value are drawn: more would not be seen, and make the page large. */
const COLUMNS = 200;

/** No line is drawn across a pause so many times longer than the usual distance of two readings. */
const GAP_FACTOR = 5;

type NumberPoint = Point<number>;

/** @param points at least one, oldest first */
export function renderGraph(field: string, points: readonly NumberPoint[]): string {
  const range = rangeOf(points);
  const place = placer(range);
  const segments = splitAtGaps(points).map((segment) => thinOut(segment, range).map(place));
  const area = segments.map(areaPath).join('');
  const line = segments.map(linePath).join('');
  const low = formatNumber(range.low);
  const high = formatNumber(range.high);
  const from = formatTime(range.from, range.to - range.from);
  const to = formatTime(range.to, range.to - range.from);
  const label = escape(`${field}: from ${low} to ${high}, between ${from} and ${to}`);
  const labels = high === low ? [high] : [high, low];
  return [
    `<div class="graph"><svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" role="img" aria-label="${label}">`,
    `<path class="area" d="${area}"/><path class="line" d="${line}"/></svg>`,
    `<div class="values">${labels.map(spanOf).join('')}</div><div class="times">${[from, to].map(spanOf).join('')}</div></div>`,
  ].join('');
}

function spanOf(label: string): string {
  return `<span>${label}</span>`;
}

interface Range {
  readonly from: number;
  readonly to: number;
  readonly low: number;
  readonly high: number;
}

function rangeOf(points: readonly NumberPoint[]): Range {
  const values = points.map(({ value }) => value);
  return {
    from: points[0]?.timestamp ?? 0,
    to: points.at(-1)?.timestamp ?? 0,
    low: Math.min(...values),
    high: Math.max(...values),
  };
}

/** Where `value` lies between two limits, from 0 to 1; in the middle where they are one. */
function share(value: number, low: number, high: number): number {
  // Halves, because the distance of the two largest numbers is beyond what a number can be.
  const span = high / 2 - low / 2;
  return span > 0 ? (value / 2 - low / 2) / span : 0.5;
}

interface Place {
  readonly x: string;
  readonly y: string;
}

function placer({ from, to, low, high }: Range): (point: NumberPoint) => Place {
  return ({ timestamp, value }) => ({
    x: (share(timestamp, from, to) * WIDTH).toFixed(1),
    y: (HEIGHT - MARGIN - share(value, low, high) * (HEIGHT - 2 * MARGIN)).toFixed(1),
  });
}

function splitAtGaps(points: readonly NumberPoint[]): NumberPoint[][] {
  const distances = points
    .slice(1)
    .map(({ timestamp }, index) => timestamp - (points[index]?.timestamp ?? 0));
  const usual = distances.toSorted((one, other) => one - other)[Math.floor(distances.length / 2)] ?? 0;
  const segments: NumberPoint[][] = [];
  for (const [index, point] of points.entries()) {
    const isGap = index === 0 || (distances[index - 1] ?? 0) > usual * GAP_FACTOR;
    if (isGap) segments.push([point]);
    else segments.at(-1)?.push(point);
  }
  return segments;
}

function thinOut(points: readonly NumberPoint[], { from, to }: Range): NumberPoint[] {
  const columns = new Map<number, NumberPoint[]>();
  for (const point of points) {
    const index = Math.floor(share(point.timestamp, from, to) * COLUMNS);
    const column = columns.get(index);
    if (column) column.push(point);
    else columns.set(index, [point]);
  }
  return [...columns.values()].flatMap((column) => {
    const sorted = column.toSorted((one, other) => one.value - other.value);
    return column.filter((point) => point === sorted[0] || point === sorted.at(-1));
  });
}

/** A single point becomes a line of no length, which round caps make a dot. */
function linePath(places: readonly Place[]): string {
  const [first, ...rest] = places.map(({ x, y }) => `${x} ${y}`);
  return rest.length > 0 ? `M${first}L${rest.join(' ')}` : `M${first}h0`;
}

function areaPath(places: readonly Place[]): string {
  const [first, last] = [places[0], places.at(-1)];
  if (!first || !last || first === last) return '';
  return `M${first.x} ${HEIGHT}L${places.map(({ x, y }) => `${x} ${y}`).join(' ')} ${last.x} ${HEIGHT}Z`;
}
