import { MINUTE } from '../../clock/machine';
import { timesyncdSets } from '../changes';
import type { ReadingTime, Situation } from '../plan';
import { dateNow, dateNowEarlier, dateObject, gps, isoText, without } from '../reading-times';
import { boot, event, plan } from './systems';

const TIMES: readonly (readonly [string, ReadingTime])[] = [
  ['messages without a time', without],
  ['msg.timestamp = Date.now()', dateNow],
  ['msg.timestamp = Date.now(), up to a second before', dateNowEarlier],
  ['msg.timestamp = new Date(), the user’s own', dateObject],
  ['msg.timestamp is ISO text, the user’s own', isoText],
  ['msg.timestamp of GPS', gps],
];

/** Flows whose readings get their times in different ways, on a machine whose clock is set after some minutes. */
export const USER_TIMES: readonly Situation[] = TIMES.map(([name, readingTime]) => ({
  name,
  draw: (random) => {
    const set = event(random.integer(1, 9) * MINUTE, timesyncdSets(random.integer(-100, 100)));
    return plan(random, [boot(random, { events: [set] })], { readingTime });
  },
}));
