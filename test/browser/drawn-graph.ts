/** What a graph of the station's page has drawn, read from the pixels of its canvas. */
import type { Page } from 'playwright-core';

export interface DrawnGraph {
  /** What the edges stand for, as the page publishes it. */
  readonly from: number;
  readonly to: number;
  readonly low: number;
  readonly high: number;
  /** The area of the drawing in pixels of the canvas. */
  readonly width: number;
  readonly height: number;
  /** Whether the colour of the first line is at a place, counted from the upper left corner. */
  isDrawn(x: number, y: number): boolean;
  /** Whether it is anywhere in a column. */
  isColumnDrawn(x: number): boolean;
}

interface Pixels {
  readonly edges: Readonly<Record<string, string>>;
  readonly width: number;
  readonly height: number;
  /** `1` where the colour is, `0` elsewhere, row by row. */
  readonly bits: string;
}

/** How opaque a pixel must be: at the edge of a line it is less, and the area below a line is far less. */
const LEAST_ALPHA = 90;

/** How far each part of a colour may be off, of 255: rounding, and a grid line below an edge. */
const TOLERANCE = 40;

/** Lines where the drawing begins and ends are half outside of it, in pixels. */
const MARGIN = 3;

/** @param card the number of the graph on the page, from 0 */
export async function readGraph(page: Page, card: number): Promise<DrawnGraph> {
  const read: unknown = await page.evaluate(
    `(() => {
      const host = document.querySelectorAll('.graph-card .plot')[${card}];
      const swatch = getComputedStyle(host.closest('.graph-card').querySelector('.swatch'));
      const wanted = swatch.backgroundColor.match(/\\d+/g).map(Number);
      const canvas = host.querySelector('canvas');
      const [whole, over] = [canvas, host.querySelector('.u-over')].map((each) => each.getBoundingClientRect());
      const scale = canvas.width / whole.width;
      const [left, top, width, height] = [over.left - whole.left, over.top - whole.top, over.width, over.height]
        .map((each) => Math.round(each * scale));
      const { data } = canvas.getContext('2d').getImageData(left - ${MARGIN}, top - ${MARGIN}, width + ${2 * MARGIN}, height + ${2 * MARGIN});
      const isWanted = (at) => data[at + 3] >= ${LEAST_ALPHA} &&
        wanted.every((value, index) => Math.abs(data[at + index] - value) <= ${TOLERANCE});
      const bits = Array.from({ length: data.length / 4 }, (_, index) => (isWanted(index * 4) ? 1 : 0)).join('');
      return { edges: { ...host.dataset }, width, height, bits };
    })()`,
  );
  // The script above makes it.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  const { edges, width, height, bits } = read as Pixels;
  const isDrawn = (x: number, y: number) => {
    const isInside = x >= -MARGIN && y >= -MARGIN && x < width + MARGIN && y < height + MARGIN;
    return isInside && bits[(y + MARGIN) * (width + 2 * MARGIN) + x + MARGIN] === '1';
  };
  return {
    from: Number(edges['from']),
    to: Number(edges['to']),
    low: Number(edges['low']),
    high: Number(edges['high']),
    width,
    height,
    isDrawn,
    isColumnDrawn: (x) => {
      for (let y = 0; y < height; y += 1) if (isDrawn(x, y)) return true;
      return false;
    },
  };
}
