import { HOUR, MINUTE, SECOND } from '../../clock/machine';
import type { Random } from '../../support/random';
import { comesOnline, goesOffline, timesyncdSets } from '../changes';
import type { Boot, Plan, Situation } from '../plan';
import { boot, DAY, event, goesOnFrom, keptWithin, plan, shows } from './systems';

/** A boot whose clock is set after a time, with a network from then on, or from the beginning. */
function setAfter(random: Random, ms: number, given: Partial<Boot> = {}): Boot {
  const error = random.integer(-100, 100);
  return boot(random, {
    upMs: ms + 5 * MINUTE,
    ...given,
    events: [...(given.events ?? []), event(ms, timesyncdSets(error))],
  });
}

/** The network comes a moment before the time server is heard. */
const offlineUntil = (ms: number) => [event(0, goesOffline), event(Math.max(ms - SECOND, 0), comesOnline)];

function bootsNeverSet(random: Random): readonly Boot[] {
  return Array.from({ length: random.integer(2, 4) }, () =>
    boot(random, {
      offMs: random.integer(1, 6 * 24 * 60) * MINUTE,
      upMs: random.integer(3, 12) * MINUTE,
      wall: goesOnFrom(random.integer(0, 59) * MINUTE),
      events: [event(0, goesOffline)],
    }),
  );
}

const RTC = '/sys/class/rtc/rtc0';

/** A Raspberry Pi 5, whose clock has a battery, or none. */
function pi5(random: Random, seconds: string, wall: Boot['wall']): Plan {
  const ntpAt = random.integer(2, 9) * MINUTE;
  const clock = event(0, ({ machine }) => {
    machine.write(`${RTC}/hctosys`, '1\n');
    machine.write(`${RTC}/since_epoch`, seconds);
  });
  return plan(random, [setAfter(random, ntpAt, { wall, events: [clock] })]);
}

/** What a boot knows of the time, and when. */
export const BOOTS: readonly Situation[] = [
  {
    name: 'the clock goes on from the last shutdown, a time server after 5 s',
    draw: (random) => plan(random, [setAfter(random, 5 * SECOND)]),
  },
  {
    name: 'a time server after 10 min, the network with it',
    draw: (random) => plan(random, [setAfter(random, 10 * MINUTE, { events: offlineUntil(10 * MINUTE) })]),
  },
  {
    name: 'a time server after 3 h, the network with it',
    draw: (random) => plan(random, [setAfter(random, 3 * HOUR, { events: offlineUntil(3 * HOUR) })]),
  },
  {
    name: 'a time server after 3 h, the network from the beginning',
    mayEstimate: true,
    draw: (random) => plan(random, [setAfter(random, 3 * HOUR)], { intervalMs: 2 * MINUTE }),
  },
  {
    name: 'a time server never, the network from the beginning',
    mayEstimate: true,
    draw: (random) => plan(random, [boot(random, { upMs: 30 * MINUTE })]),
  },
  {
    name: 'several boots without a network, a time server in the last one',
    mayEstimate: true,
    draw: (random) => {
      const ntpAt = random.integer(1, 10) * MINUTE;
      const last = setAfter(random, ntpAt, {
        offMs: random.integer(1, 6 * 24 * 60) * MINUTE,
        events: offlineUntil(ntpAt),
      });
      return plan(random, [...bootsNeverSet(random), last]);
    },
  },
  {
    name: 'several boots, each with a time server after minutes',
    draw: (random) => {
      const boots = Array.from({ length: 3 }, () => setAfter(random, random.integer(5, 9 * 60) * SECOND));
      return plan(random, boots);
    },
  },
  {
    name: 'Node-RED is restarted before and after the clock is set',
    draw: (random) => {
      const ntpAt = random.integer(4, 9) * MINUTE;
      const restartsAt = [ntpAt - random.integer(1, 180) * SECOND, ntpAt + random.integer(1, 180) * SECOND];
      return plan(random, [setAfter(random, ntpAt, { restartsAt, events: offlineUntil(ntpAt) })]);
    },
  },
  {
    name: 'the clock shows 1970, a time server after minutes',
    draw: (random) =>
      plan(random, [setAfter(random, random.integer(1, 9) * MINUTE, { wall: shows(20 * SECOND) })]),
  },
  {
    name: 'the clock shows 1970 for ever',
    keepsAll: true,
    draw: (random) => plan(random, [boot(random, { wall: shows(20 * SECOND) })]),
  },
  {
    name: 'the clock shows 2038, a time server after minutes',
    draw: (random) =>
      plan(random, [
        setAfter(random, random.integer(1, 9) * MINUTE, { wall: shows(Date.UTC(2038, 0, 19, 3, 14, 8)) }),
      ]),
  },
  {
    name: 'the 32nd bit of the seconds turns in January 2038',
    draw: (random) =>
      plan(random, [setAfter(random, random.integer(1, 9) * MINUTE, { offMs: DAY, upMs: 15 * MINUTE })], {
        truth: Date.UTC(2038, 0, 18, 3, 14, 7) - random.integer(1, 9) * MINUTE,
      }),
  },
  {
    name: 'a Raspberry Pi 5 with a good battery',
    draw: (random) => pi5(random, '1777636800\n', keptWithin(random.integer(-1500, 1500))),
  },
  {
    name: 'a Raspberry Pi 5 with an empty battery',
    draw: (random) => pi5(random, '35\n', shows(35 * SECOND)),
  },
  {
    name: 'the SD card goes to another Raspberry Pi',
    mayEstimate: true,
    draw: (random) => {
      const ntpAt = random.integer(1, 9) * MINUTE;
      const isSetBefore = random.chance(0.5);
      const first = isSetBefore
        ? setAfter(random, random.integer(5, 300) * SECOND, { events: [event(400 * SECOND, goesOffline)] })
        : boot(random, { events: [event(0, goesOffline)] });
      const wall = random.pick(keptWithin(random.integer(-DAY, DAY)), goesOnFrom(random.integer(0, HOUR)));
      return plan(random, [first, setAfter(random, ntpAt, { wall, events: offlineUntil(ntpAt) })]);
    },
  },
];
