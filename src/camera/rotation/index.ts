/** Turns a picture by a quarter, which most camera programs cannot: its pixels by `sharp`, or its orientation in EXIF. */
export { withOrientation } from './orientation';
export { findRotator, type Rotator } from './rotator';
