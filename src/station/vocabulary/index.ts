/**
 * What the store, the receiver, the views and the page all speak of. It runs in a browser too: nothing here needs
 * Node.js.
 */
export { isGap, isGapAtEnd, READINGS_AROUND, spacingsOf, type GapRule, type Spacings } from './gaps';
export type { FieldKind, Scalar, SourceKind } from './kinds';
export { usualSilence, withArrival, type DaySilence, type Silences } from './silences';
export { positionOf, SOON_MS } from './times';
