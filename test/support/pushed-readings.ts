import type { Push } from '../../src/databoom';

/** A reading as a push carries it. */
export interface PushedReading {
  readonly timestamp: number;
  readonly value: number;
}

/** What a push carries, whether it is a current value or a merged history. */
export function readingsOf({ timestamp, content }: Push): readonly PushedReading[] {
  if (content.kind === 'current')
    return [...content.signals.values()].map((value) => ({ timestamp, value: Number(value) }));
  return [...content.signals.values()].flatMap(({ values }) =>
    values.map((timed) => ({ timestamp: timed.timestamp, value: Number(timed.value) })),
  );
}
