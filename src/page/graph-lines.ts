/** How the lines and axes of graphs look, in the current colours of the page. */
import type uPlot from 'uplot';
import { dotPaths, linePaths, type Trace } from './trace';

export const LINE_WIDTH = 1.75;
/** The width of lines of downsampled data, where each pixel has its lowest and its highest value. */
export const THIN_LINE_WIDTH = 1;
const POINT_SIZE = 5;

/** So many colours can be told apart, by colour-blind people too: see main.css. */
const COLOURS = 8;
const DASH = [6, 4];

/** Of lines of readings whose time is not confirmed; their points are hollow. */
const UNCONFIRMED_DASH = [2, 3];
const UNCONFIRMED_POINT_SIZE = 7;
const UNCONFIRMED_POINT_WIDTH = 1.5;

export const AXIS_GAP = 6;
export const AXIS_TICK = 4;
export const AXIS_FONT = '12px system-ui, sans-serif';

/** What a graph draws at this moment as a line. */
type TraceNow = () => Trace;

/** @param others the colours of the lines before it: where one has the same already, this line is dashed */
export function solidLine(number: number, others: readonly number[], trace: TraceNow): uPlot.Series {
  const colour = () => colourOf(colourVariable(number));
  const isDashed = others.some((other) => colourNumber(other) === colourNumber(number));
  return {
    stroke: colour,
    width: LINE_WIDTH,
    paths: linePaths(trace),
    points: { show: true, size: POINT_SIZE, width: 0, fill: colour, paths: dotPaths(trace, POINT_SIZE) },
    ...(isDashed ? { dash: DASH } : {}),
  };
}

/** The area below a line. */
export function areaOf(number: number): Pick<uPlot.Series, 'fill'> {
  return { fill: () => `${colourOf(colourVariable(number))}1f` };
}

export function unconfirmedLine(number: number, trace: TraceNow): uPlot.Series {
  const stroke = () => colourOf(colourVariable(number));
  return {
    stroke,
    width: LINE_WIDTH,
    dash: UNCONFIRMED_DASH,
    paths: linePaths(trace),
    points: {
      show: true,
      size: UNCONFIRMED_POINT_SIZE,
      width: UNCONFIRMED_POINT_WIDTH,
      stroke,
      fill: () => colourOf('--card'),
      paths: dotPaths(trace, UNCONFIRMED_POINT_SIZE - UNCONFIRMED_POINT_WIDTH),
    },
  };
}

export function axisStyle(): uPlot.Axis {
  const line = { stroke: () => colourOf('--grid'), width: 1 };
  return {
    stroke: () => colourOf('--quiet'),
    font: AXIS_FONT,
    gap: AXIS_GAP,
    grid: line,
    ticks: { ...line, size: AXIS_TICK },
  };
}

/** @param number from 0; after the last colour, the first one follows */
export function colourNumber(number: number): number {
  return (number % COLOURS) + 1;
}

export function colourVariable(number: number): string {
  return `--series-${colourNumber(number)}`;
}

/** A colour of the style sheet in the current theme: six hex digits after a `#`. */
export function colourOf(variable: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(variable).trim();
}
