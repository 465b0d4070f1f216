/** How many points drawings ask for. */

/** Two points for each pixel of a sparkline would be more than can be seen. */
export const SPARKLINE_POINTS = 240;

/** Two points per pixel: the lowest and the highest value in it. */
const POINTS_PER_PIXEL = 2;
const FEWEST_POINTS = 60;
const MOST_POINTS = 4000;

/** Those of one line of a graph. @param width in pixels */
export function graphPoints(width: number): number {
  return Math.round(Math.min(Math.max(width * POINTS_PER_PIXEL, FEWEST_POINTS), MOST_POINTS));
}
