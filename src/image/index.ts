/**
 * Images by their content: never by a file name or by what somebody says of them.
 *
 * `detectImageType` tells the format from the first bytes; `inspectImage`, and `createImageInspector` for an image that
 * comes in pieces, whether it is there from its header to its end.
 */
export { detectImageType, type ImageType } from './type';
export {
  createImageInspector,
  inspectImage,
  type ImageHeader,
  type ImageInspector,
  type ImageSize,
  type ImageVerdict,
} from './inspector';
