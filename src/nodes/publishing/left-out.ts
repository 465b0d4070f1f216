import type { NodeMessageInFlow } from 'node-red';
import type { LeftOut } from '../../fields';

/** The most bytes of the list in JSON: it is kept with the reading, whose message may have 4 kB. */
const MOST_BYTES = 3000;

/** A message with `leftOut`, the fields that were left out of it; without one where there are none. */
export function withLeftOut(message: NodeMessageInFlow, leftOut: readonly LeftOut[]): NodeMessageInFlow {
  // Not that of a publish node before this one.
  const { leftOut: _earlier, ...rest } = { ...message, leftOut };
  return leftOut.length === 0 ? rest : { ...rest, leftOut: withinBounds(leftOut) };
}

/** As many of the fields as fit, and a last entry that counts the others. */
function withinBounds(leftOut: readonly LeftOut[]): readonly LeftOut[] {
  let bytes = 0;
  const kept = leftOut.filter((each) => {
    bytes += Buffer.byteLength(JSON.stringify(each));
    return bytes <= MOST_BYTES;
  });
  const more = leftOut.length - kept.length;
  return more === 0 ? kept : [...kept, { field: '…', reason: `${more} more` }];
}
