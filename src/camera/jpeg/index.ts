/** JPEG, as far as a camera needs it: whether a picture is whole, what quality means, and an encoder for drawings. */
export { colour, encodeJpeg, type Colour, type Drawing } from './encoder';
export { inspectJpeg, type JpegVerdict } from './inspect';
export { lowerQuality } from './quality';
