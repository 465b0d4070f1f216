import type { Salvage } from './types';

/** Says how to do what the user probably wanted. */
const ADVICE =
  'To clear or restore data, stop Node-RED first, then delete or replace the whole folder, and start it again.';

/** What became of the content of files that were deleted, moved away or replaced. */
export interface Carried {
  /** What was carried over into a new database; undefined where the database itself was in place. */
  readonly carried: Salvage | undefined;
  /** The new name of what others had put at the path. */
  readonly kept: string | undefined;
}

/** What the user is told once the files are again where they belong. */
export function describeRenewal(
  file: string,
  { carried, kept }: Carried,
): { readonly message: string; readonly lost?: number | undefined } {
  const what = carried
    ? `${file} was deleted, moved away or replaced while Node-RED had it open. ${describeCarried(carried)}`
    : `A file beside ${file} was deleted, moved away or replaced while Node-RED had it open. It was made anew, and nothing is missing.`;
  const foreign = kept === undefined ? '' : ` What was found in its place was kept as ${kept}.`;
  return { message: `${what}${foreign} ${ADVICE}`, lost: carried?.lost };
}

function describeCarried({ rows, lost }: Salvage): string {
  if (lost === 0) return `All its ${rows} rows were carried over into a new file.`;
  return `${rows} rows were carried over into a new file, ${lost === undefined ? 'others may be missing' : `${lost} could not be read`}.`;
}

/** What the user is told while the files cannot be made anew. */
export function describeDisplaced(problem: Error): string {
  return `${problem.message}. Nothing new is accepted until it can; what was accepted is kept while Node-RED runs, so do not stop it before. It is tried again by itself, within five minutes at most.`;
}

/** What the user is told where Node-RED ends meanwhile. */
export function describeLoss(file: string): string {
  return `${file} was deleted, moved away or replaced, could not be made anew until Node-RED ended, and what it held is lost unless it was moved away.`;
}

/** What the user is told at the start after Node-RED ended while it carried over what a deleted file held. */
export function describeUnfinished(file: string): string {
  return `${file} was replaced while Node-RED had it open, and Node-RED ended before what it held was carried over: it goes on with what it was replaced by. ${ADVICE}`;
}
