import { MINUTE, SECOND } from '../clock/machine';
import type { Situation } from './plan';
import type { Observed } from './simulation';

/** With a larger error a time is wrong. */
const LARGEST_ERROR_MS = 2 * SECOND;

/** Once a wait for the time is over, the sender may still pause after an outage: its longest pause, and a bit. */
const LONGEST_PAUSE_MS = 6 * MINUTE;

/** What a simulation shows of the times of readings; none of it is known to the rooms. */
export interface Measures {
  readonly sent: number;
  /** The error of each reading that was sent, in milliseconds. */
  readonly errors: readonly number[];
  /** Readings that were sent as certain, and are wrong. */
  readonly wrongAsCertain: number;
  /** Readings that were sent as estimates. */
  readonly estimated: number;
  readonly dropped: number;
}

export function measure({ readings, arrivals, deliveries, dropped }: Observed): Measures {
  const errors = new Map<number, number>();
  for (const { value, timestamp } of arrivals)
    errors.set(value, Math.abs(timestamp - (readings[value]?.due ?? Infinity)));
  const isWrong = ({ number }: { readonly number: number }) => (errors.get(number) ?? 0) > LARGEST_ERROR_MS;
  const certain = deliveries.filter(({ certainty }) => certainty === 'certain');
  return {
    sent: errors.size,
    errors: [...errors.values()],
    wrongAsCertain: certain.filter(isWrong).length,
    estimated: deliveries.length - certain.length,
    dropped: dropped.length,
  };
}

/** Everything that must not have happened, in words; none where all goals are met. */
export function troublesOf(observed: Observed, situation: Situation): readonly string[] {
  const { readings, plan, refused, waiting, toldEstimated, hastyEstimates, longestWaitMs } = observed;
  const { sent, wrongAsCertain, estimated, dropped } = measure(observed);
  const accepted = readings.filter(({ isAccepted }) => isAccepted).length;
  const troubles: [boolean, string][] = [
    [readings.length === 0, 'nothing was read'],
    [accepted < readings.length, `${readings.length - accepted} were not accepted`],
    [dropped > 0, `${dropped} were dropped`],
    [refused.length > 0, `${refused.length} were refused`],
    [hasTwoTimes(observed), 'a reading arrived with two times'],
    [wrongAsCertain > 0 && situation.unjudged === undefined, `${wrongAsCertain} were sent wrong as certain`],
    [estimated > 0 && !situation.mayEstimate, `${estimated} were sent as estimates`],
    [hastyEstimates > 0, `${hastyEstimates} were sent as estimates before the wait was over`],
    [estimated !== toldEstimated, `${estimated} were estimates, and people heard of ${toldEstimated}`],
    ...(situation.keepsAll ? troublesOfKeeping(observed) : troublesOfSending(sent, waiting, accepted)),
  ];
  const mostMs = plan.timeWaitMs + LONGEST_PAUSE_MS;
  if (!situation.keepsAll && longestWaitMs > mostMs)
    troubles.push([true, `one waited ${Math.round(longestWaitMs / SECOND)} s for the time`]);
  return troubles.flatMap(([isTrue, words]) => (isTrue ? [words] : []));
}

function troublesOfSending(sent: number, waiting: number, accepted: number): [boolean, string][] {
  return [[sent !== accepted || waiting > 0, `${sent} of ${accepted} arrived, ${waiting} wait`]];
}

function troublesOfKeeping({ arrivals, isTimeOverdue }: Observed): [boolean, string][] {
  return [
    [arrivals.length > 0, `${arrivals.length} were sent with no idea of the time`],
    [!isTimeOverdue, 'nobody is asked to look at the clock'],
  ];
}

/** What was sent once keeps its time. */
function hasTwoTimes({ arrivals }: Observed): boolean {
  const times = new Map(arrivals.map(({ value, timestamp }) => [value, timestamp]));
  return arrivals.some(({ value, timestamp }) => times.get(value) !== timestamp);
}
