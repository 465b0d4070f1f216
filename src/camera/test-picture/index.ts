/** The picture for machines without a camera. */
export { drawTestPicture } from './test-picture';
