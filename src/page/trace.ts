/**
 * Draws one line of a graph into uPlot's canvas. uPlot itself would clip lines at gaps, which hides readings: of some in
 * one column between two gaps nothing would be left. Here each segment is a path of its own, and one that is too short
 * to be seen as a line is a dot.
 */
import type uPlot from 'uplot';
import type { Segment } from './series';

export interface Trace {
  readonly segments: readonly Segment[];
  /** Whether values hold until the next one, as a switch's do. */
  readonly isStepped: boolean;
  /** Whether each reading may have a dot, where there is room: not of downsampled data, of which only some are there. */
  readonly hasAllReadings: boolean;
}

/** What is drawn while nothing is known. */
export const EMPTY_TRACE: Trace = { segments: [], isStepped: false, hasAllReadings: true };

/** A place in the canvas, in its own pixels. */
interface Place {
  readonly x: number;
  readonly y: number;
}

/** A segment that is shorter and lower, in CSS pixels, is a dot. */
const SHORTEST = 4;

/** Where readings are so far apart on average, in CSS pixels, each has a dot. */
const ROOM_FOR_DOTS = 12;

/** Coordinates are limited: a canvas draws nothing where they are very large. */
const FAR = 1e5;

/** What is further away is infinite, of which no place on a line could be computed. */
const FARTHEST = 1e30;

/** What tells where values are in a canvas. */
type Scales = Pick<uPlot, 'valToPos'>;

/** What uPlot calls for the line. @param traceOf what there is to draw at the time of drawing */
export function linePaths(traceOf: () => Trace): uPlot.Series.PathBuilder {
  return (plot) => {
    const trace = traceOf();
    const [stroke, fill] = [new Path2D(), new Path2D()];
    const bottom = plot.bbox.top + plot.bbox.height;
    for (const segment of trace.segments) {
      const corners = cornersOf(plot, segment, trace.isStepped);
      const [first, last] = [corners[0], corners.at(-1)];
      if (!first || !last || corners.length < 2) continue;
      follow(stroke, corners);
      follow(fill, corners);
      fill.lineTo(last.x, bottom);
      fill.lineTo(first.x, bottom);
      fill.closePath();
    }
    return { stroke, fill, clip: null, band: null, gaps: [], flags: 0 };
  };
}

/** What uPlot calls for the dots. @param size their diameter in CSS pixels */
export function dotPaths(traceOf: () => Trace, size: number): uPlot.Series.Points.PathBuilder {
  return (plot) => {
    const dots = new Path2D();
    const radius = (size / 2) * devicePixelRatio;
    const { left, width, top, height } = plot.bbox;
    for (const { x, y } of dotsOf(plot, traceOf())) {
      if (x < left - radius || x > left + width + radius) continue;
      dots.moveTo(x + radius, y);
      dots.arc(x, y, radius, 0, 2 * Math.PI);
    }
    // A dot at an edge is whole.
    const clip = new Path2D();
    clip.rect(left - 2 * radius, top - 2 * radius, width + 4 * radius, height + 4 * radius);
    return { stroke: dots, fill: dots, clip, flags: CLIP_ALL };
  };
}

/** uPlot's flags for clipping both the stroke and the fill of dots. */
const CLIP_ALL = 3;

function dotsOf(plot: uPlot, { segments, isStepped, hasAllReadings }: Trace): readonly Place[] {
  const shortest = SHORTEST * devicePixelRatio;
  const [from, to] = [plot.scales['x']?.min ?? 0, plot.scales['x']?.max ?? 0];
  const visible = segments.flatMap(({ times }) => times.filter((time) => time >= from && time <= to));
  const hasRoom = visible.length * ROOM_FOR_DOTS * devicePixelRatio <= plot.bbox.width;
  if (hasAllReadings && hasRoom) return segments.flatMap((segment) => placesOf(plot, segment));
  return segments.flatMap((segment) => {
    const corners = cornersOf(plot, segment, isStepped);
    const isShort = extentOf(corners, 'x') < shortest && extentOf(corners, 'y') < shortest;
    return isShort ? placesOf(plot, segment).slice(0, 1) : [];
  });
}

/** The corners of a line, in whole pixels: of a stepped one, also where each value ends. */
export function cornersOf(scales: Scales, segment: Segment, isStepped: boolean): readonly Place[] {
  const places = exactPlacesOf(scales, segment);
  if (!isStepped) return limitedLine(places);
  const corners = places.flatMap((place, index) => {
    const before = places[index - 1];
    return before ? [{ x: place.x, y: before.y }, place] : [place];
  });
  const last = places.at(-1);
  const { heldUntil } = segment;
  if (heldUntil !== undefined && last) corners.push({ x: coordinateOf(scales, 'x', heldUntil), y: last.y });
  return limitedLine(corners);
}

function placesOf(scales: Scales, segment: Segment): readonly Place[] {
  return exactPlacesOf(scales, segment).map(limited);
}

function exactPlacesOf(scales: Scales, { times, values }: Segment): readonly Place[] {
  return times.map((time, index) => ({
    x: coordinateOf(scales, 'x', time),
    y: coordinateOf(scales, 'y', values[index] ?? 0),
  }));
}

function coordinateOf(scales: Scales, scale: 'x' | 'y', value: number): number {
  return Math.min(Math.max(scales.valToPos(value, scale, true), -FARTHEST), FARTHEST);
}

/** Limits a line. One that is limited at its ends alone would have another slope, so it bends where it gets far away. */
function limitedLine(corners: readonly Place[]): readonly Place[] {
  return corners.flatMap((corner, index) => {
    const before = corners[index - 1];
    if (!before || !(isFar(before) || isFar(corner))) return [limited(corner)];
    return [furthest(corner, before), furthest(before, corner), corner].map(limited);
  });
}

function isFar({ x, y }: Place): boolean {
  return Math.abs(x) > FAR || Math.abs(y) > FAR;
}

/** The last place on the way from one place to another that is not far away, where there is one. */
function furthest(from: Place, to: Place): Place {
  const [width, height] = [to.x - from.x, to.y - from.y];
  const share = Math.min(
    width === 0 ? 1 : (near(to.x) - from.x) / width,
    height === 0 ? 1 : (near(to.y) - from.y) / height,
    1,
  );
  return { x: from.x + width * share, y: from.y + height * share };
}

function near(coordinate: number): number {
  return Math.min(Math.max(coordinate, -FAR), FAR);
}

/** Whole pixels, so that horizontal and vertical lines are crisp. */
function limited({ x, y }: Place): Place {
  return { x: Math.round(near(x)), y: Math.round(near(y)) };
}

function follow(path: Path2D, corners: readonly Place[]): void {
  for (const [index, { x, y }] of corners.entries()) {
    if (index === 0) path.moveTo(x, y);
    else path.lineTo(x, y);
  }
}

function extentOf(places: readonly Place[], axis: 'x' | 'y'): number {
  let [low, high] = [Infinity, -Infinity];
  for (const place of places) {
    low = Math.min(low, place[axis]);
    high = Math.max(high, place[axis]);
  }
  return high - low;
}
