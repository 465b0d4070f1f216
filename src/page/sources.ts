/** In which order sources are shown. */
import type { SourceAnswer } from '../station/views/api';

export function byName(sources: readonly SourceAnswer[]): SourceAnswer[] {
  return sources.toSorted(
    (one, other) => one.name.localeCompare(other.name) || one.kind.localeCompare(other.kind),
  );
}

/** Those that have sent nothing come last, because they have nothing to show. */
export function sentFirst(sources: readonly SourceAnswer[]): SourceAnswer[] {
  return [...sources.filter(hasSent), ...sources.filter((source) => !hasSent(source))];
}

function hasSent({ lastSeen }: SourceAnswer): boolean {
  return lastSeen !== undefined;
}
