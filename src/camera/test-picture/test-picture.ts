/**
 * The picture for machines without a camera: a test card that nobody takes for a photograph, with the time on it.
 */
import { colour, encodeJpeg, type Colour, type Drawing } from '../jpeg';
import { centred, isInk } from './font';
import { encodePng } from './png';

/** What the test picture needs of the camera's settings. */
export interface TestPictureSettings {
  readonly width: number;
  readonly height: number;
  readonly hflip: boolean;
  readonly vflip: boolean;
  readonly rotation: 0 | 180;
  readonly format?: 'jpeg' | 'png';
}

const BLACK = colour(16, 16, 16);
const GREY = colour(70, 70, 70);
const WHITE = colour(235, 235, 235);
const RED = colour(200, 30, 30);
const YELLOW = colour(191, 191, 0);

/** The colour bars of SMPTE RP 219, at three quarters of full brightness. */
const BARS: readonly Colour[] = [
  colour(191, 191, 191),
  YELLOW,
  colour(0, 191, 191),
  colour(0, 191, 0),
  colour(191, 0, 191),
  colour(191, 0, 0),
  colour(0, 0, 191),
];

/**
 * Draws the test picture, flipped and turned as a camera's picture would be. Each differs from the last by the time,
 * down to the millisecond, and by a marker that goes across once a minute.
 * @param quality of a JPEG, 1 to 100
 * @param timestamp the time to show, in milliseconds since 1970
 * @returns the file, or `undefined` where `signal` was aborted
 */
export async function drawTestPicture(
  settings: TestPictureSettings,
  quality: number,
  timestamp: number,
  signal: AbortSignal,
): Promise<Buffer | undefined> {
  const card = turned(testCard(settings.width, settings.height, timestamp), settings);
  if (settings.format === 'png') return encodePng(card, signal);
  return encodeJpeg(card, quality, 'Sensorpost test picture, not from a camera', signal);
}

function turned({ width, height, colourAt }: Drawing, settings: TestPictureSettings): Drawing {
  const halfTurn = settings.rotation === 180;
  const mirrorX = settings.hflip !== halfTurn;
  const mirrorY = settings.vflip !== halfTurn;
  return {
    width,
    height,
    colourAt: (x, y) => colourAt(mirrorX ? width - 1 - x : x, mirrorY ? height - 1 - y : y),
  };
}

/** From top to bottom: the bars, a panel with the word TEST on them, a band with the time, a track for the marker. */
function testCard(width: number, height: number, timestamp: number): Drawing {
  const time = new Date(timestamp).toISOString().replace('T', ' ');
  const panel = { left: width * 0.14, top: height * 0.1, width: width * 0.72, height: height * 0.58 };
  const band = { left: 0, top: height * 0.78, width, height: height * 0.15 };
  const inside = { left: width * 0.2, width: width * 0.6 };
  const upper = { ...inside, top: panel.top + panel.height * 0.1, height: panel.height * 0.55 };
  const lower = { ...inside, top: panel.top + panel.height * 0.72, height: panel.height * 0.14 };
  const bandText = { ...band, top: band.top + band.height * 0.2, height: band.height * 0.6 };
  const texts = [
    ...centred('TEST', upper).map((line) => ({ ...line, ink: WHITE })),
    ...centred('TEST PICTURE', lower).map((line) => ({ ...line, ink: YELLOW })),
    ...centred(time, bandText).map((line) => ({ ...line, ink: WHITE })),
  ];
  const track = band.top + band.height;
  const markerWidth = width / 30;
  const marker = ((timestamp % 60_000) / 60_000) * (width - markerWidth);
  return {
    width,
    height,
    colourAt: (x, y) => {
      if (y >= track) return x >= marker && x < marker + markerWidth ? RED : GREY;
      const text = texts.find((line) => isInk(line, x, y));
      if (text !== undefined) return text.ink;
      if (y >= band.top) return BLACK;
      const inPanel =
        x >= panel.left && x < width - panel.left && y >= panel.top && y < panel.top + panel.height;
      return inPanel ? BLACK : (BARS[Math.floor((x * BARS.length) / width)] ?? WHITE);
    },
  };
}
