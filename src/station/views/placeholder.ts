/** What is shown in the place of a picture that has more pixels than a viewer's memory should be given unasked. */
import type { ImageSize } from '../../image';
import type { WholeAnswer } from '../protocol';
import type { PictureFile } from '../store';
import type { PictureHeaders } from './picture-headers';

/** A grey that can be read on white and on black alike (4.5 to 1 and more, WCAG 1.4.3). */
const GREY = '#767676';

/** A placeholder for a picture of more than `most` pixels; undefined for others. */
export async function placeholderBeyond(
  most: number,
  { id, bytes }: PictureFile,
  headers: PictureHeaders,
): Promise<WholeAnswer | undefined> {
  const size = await headers.of(id);
  return size && size.width * size.height > most ? placeholderAnswer(size, bytes) : undefined;
}

/** A drawing of a thumbnail's size that says how large the picture is. Numbers alone need no language. */
function placeholderAnswer({ width, height }: ImageSize, bytes: number): WholeAnswer {
  const lines = [`${width} × ${height}`, bytesText(bytes)];
  const texts = lines.map((line, index) => `<text x="160" y="${112 + index * 36}">${line}</text>`);
  const body = `<svg xmlns="http://www.w3.org/2000/svg" width="320" height="240" viewBox="0 0 320 240"><g fill="${GREY}" font-family="sans-serif" font-size="28" text-anchor="middle">${texts.join('')}</g></svg>`;
  return { statusCode: 200, headers: { 'Content-Type': 'image/svg+xml; charset=utf-8' }, body };
}

function bytesText(bytes: number): string {
  return bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
