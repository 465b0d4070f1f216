import { HOUR, MINUTE, SECOND } from '../../clock/machine';
import {
  answersAgain,
  comesOnline,
  daemonSets,
  deploys,
  goesOffline,
  losesAnswers,
  serviceIsBehind,
  timesyncdSets,
} from '../changes';
import type { Situation } from '../plan';
import { boot, bootWithout, DAY, event, plan } from './systems';

/** What may go wrong on the way to the service, while the clock is wrong. */
export const DELIVERIES: readonly Situation[] = [
  {
    name: 'an answer is lost, and the clock is set',
    draw: (random) => {
      const setAt = random.integer(4, 9) * MINUTE;
      return plan(random, [
        boot(random, {
          events: [
            event(0, losesAnswers),
            event(setAt, timesyncdSets(random.integer(-100, 100))),
            event(setAt + 2 * MINUTE, answersAgain),
          ],
        }),
      ]);
    },
  },
  {
    name: 'an answer is lost, and the clock that nobody knows of jumps',
    unjudged: 'nothing knows the time',
    draw: (random) => {
      const setAt = random.integer(4, 9) * MINUTE;
      return plan(random, [
        bootWithout(random, {
          events: [
            event(setAt - MINUTE, losesAnswers),
            event(setAt, daemonSets(random.integer(-100, 100))),
            event(setAt + 2 * MINUTE, answersAgain),
          ],
        }),
      ]);
    },
  },
  {
    name: 'the station is behind, and answers 503',
    draw: (random) =>
      plan(random, [
        boot(random, {
          upMs: 30 * MINUTE,
          events: [
            event(0, serviceIsBehind(random.integer(2, 400) * DAY)),
            event(random.integer(1, 9) * MINUTE, timesyncdSets(random.integer(-100, 100))),
            event(random.integer(10, 20) * MINUTE, serviceIsBehind(0)),
          ],
        }),
      ]),
  },
  {
    name: 'offline for days, with a boot in them',
    draw: (random) =>
      plan(
        random,
        [
          boot(random, {
            upMs: 12 * HOUR,
            events: [event(random.integer(1, 9) * MINUTE, timesyncdSets()), event(10 * MINUTE, goesOffline)],
          }),
          boot(random, {
            offMs: random.integer(1, 48) * HOUR,
            upMs: 13 * HOUR,
            events: [event(12 * HOUR, comesOnline), event(12 * HOUR + 20 * SECOND, timesyncdSets())],
          }),
        ],
        { intervalMs: 20 * MINUTE },
      ),
  },
  {
    name: 'the flows are deployed again and again, a time server never',
    mayEstimate: true,
    draw: (random) => {
      const times = Array.from({ length: 4 }, () => random.integer(1, 9) * MINUTE + random.integer(1, 59));
      return plan(random, [
        boot(random, { nodeRedAt: 0, upMs: 20 * MINUTE, events: times.map((at) => event(at, deploys)) }),
      ]);
    },
  },
  {
    name: 'the network comes and goes, a time server after an hour',
    mayEstimate: true,
    draw: (random) => {
      const outages = Array.from({ length: 8 }, (_, index) => {
        const at = index * 7 * MINUTE + random.integer(1, 120) * SECOND;
        return [event(at, goesOffline), event(at + random.integer(30, 240) * SECOND, comesOnline)];
      });
      return plan(random, [
        boot(random, {
          upMs: 70 * MINUTE,
          events: [...outages.flat(), event(HOUR, timesyncdSets(random.integer(-100, 100)))],
        }),
      ]);
    },
  },
];
