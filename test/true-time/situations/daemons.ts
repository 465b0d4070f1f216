import {
  CHRONY_LOCAL,
  CHRONY_UNSET,
  chronySlewing,
  FAILED,
  HOUR,
  KERNEL_SET,
  MINUTE,
  SECOND,
} from '../../clock/machine';
import {
  chronycSays,
  chronydSets,
  comesOnline,
  daemonSets,
  goesOffline,
  serverAnswers,
  timesyncdEnds,
  timesyncdSets,
  timesyncdStarts,
} from '../changes';
import type { Change, Event, Plan, Situation } from '../plan';
import { boot, bootWithout, bootWithPython3, event, keptWithin, plan } from './systems';
import type { Random } from '../../support/random';

/** A clock that is behind, and is slewed by a share until it is right. */
function slewed(random: Random, share: number, startsAt: number, given: Given): Plan {
  const behindMs = random.integer(10, 30) * SECOND;
  // The clocks of the machine run faster meanwhile, and so does what it counts as its uptime.
  const endsAt = startsAt + (behindMs * (1 + share)) / share;
  return plan(
    random,
    [
      bootWithPython3(random, {
        wall: keptWithin(-behindMs),
        upMs: endsAt + 10 * MINUTE,
        restartsAt: given.restartsAfter.map((ms) => endsAt + ms),
        events: [
          ...given.events,
          event(startsAt, ({ machine }) => machine.slew(share)),
          event(startsAt, given.daemon),
          event(endsAt, ({ machine }) => machine.slew(0)),
          event(endsAt + given.onlineAfterMs, comesOnline),
        ],
      }),
    ],
    { intervalMs: given.intervalMs },
  );
}

interface Given {
  /** What the daemon tells as soon as it knows the time. */
  readonly daemon: Change;
  readonly events: readonly Event[];
  readonly intervalMs: number;
  /** When the network comes, and Node-RED is restarted, after the clock is right. */
  readonly onlineAfterMs: number;
  readonly restartsAfter: readonly number[];
}

const chronydSlews: Change = ({ machine }) => {
  machine.chronyc = () => chronySlewing(machine.truth - machine.wall);
  machine.kernel = KERNEL_SET;
};

const kernelSlews: Change = ({ machine }) => {
  machine.kernel = KERNEL_SET;
};

/** The host of a container sets the clock soon. */
function hostSetsAfterMinutes(random: Random, bootOf: typeof bootWithout): Plan {
  const set = event(random.integer(1, 9 * 60) * SECOND, daemonSets(random.integer(-100, 100)));
  return plan(random, [bootOf(random, { events: [set] })]);
}

/** The host of a container sets the clock late, and the network comes then, or so much later. */
function hostSetsAfterHours(random: Random, bootOf: typeof bootWithout, networkMs: number): Plan {
  const setAt = random.integer(60, 180) * MINUTE;
  const events = [
    event(0, goesOffline),
    event(setAt, daemonSets(random.integer(-100, 100))),
    event(setAt + networkMs, comesOnline),
  ];
  return plan(random, [bootOf(random, { upMs: setAt + 5 * MINUTE, events })]);
}

/** Who keeps the clock, and what they tell of it. */
export const DAEMONS: readonly Situation[] = [
  {
    name: 'chrony, with a server after minutes',
    draw: (random) =>
      plan(random, [
        bootWithPython3(random, {
          events: [
            event(0, chronycSays(CHRONY_UNSET)),
            event(random.integer(1, 9) * MINUTE, chronydSets(random.integer(-100, 100))),
          ],
        }),
      ]),
  },
  {
    name: 'chrony with its own clock as a reference, a server after minutes',
    draw: (random) =>
      plan(random, [
        bootWithPython3(random, {
          events: [
            event(0, chronycSays(CHRONY_LOCAL)),
            event(random.integer(1, 9) * MINUTE, chronydSets(random.integer(-100, 100))),
          ],
        }),
      ]),
  },
  {
    name: 'chrony that does not answer at first, a server after minutes',
    draw: (random) => {
      const answersAt = random.integer(1, 240) * SECOND;
      return plan(random, [
        bootWithout(random, {
          events: [
            event(0, chronycSays(FAILED)),
            event(answersAt, chronycSays(CHRONY_UNSET)),
            event(answersAt + random.integer(1, 5 * 60) * SECOND, chronydSets(random.integer(-100, 100))),
          ],
        }),
      ]);
    },
  },
  {
    name: 'chrony that answers nobody, python3',
    draw: (random) =>
      plan(random, [
        bootWithPython3(random, {
          events: [
            event(0, chronycSays(FAILED)),
            event(random.integer(1, 8) * MINUTE, daemonSets(random.integer(-100, 100))),
          ],
        }),
      ]),
  },
  {
    name: 'chrony slews 10 to 30 s',
    draw: (random) =>
      slewed(random, random.integer(60, 83) / 1000, random.integer(20, 80) * SECOND, {
        daemon: chronydSlews,
        events: [event(0, chronycSays(CHRONY_UNSET))],
        intervalMs: random.integer(10, 30) * SECOND,
        onlineAfterMs: 2 * SECOND,
        restartsAfter: [],
      }),
  },
  {
    name: 'chrony slews 10 to 30 s, and Node-RED is restarted before the network comes',
    draw: (random) =>
      slewed(random, random.integer(60, 83) / 1000, random.integer(20, 80) * SECOND, {
        daemon: chronydSlews,
        events: [event(0, chronycSays(CHRONY_UNSET)), event(0, goesOffline)],
        intervalMs: random.integer(10, 30) * SECOND,
        onlineAfterMs: 4 * MINUTE,
        restartsAfter: [random.integer(60, 120) * SECOND],
      }),
  },
  {
    name: 'chrony slews 10 to 30 s, and Node-RED is restarted in the middle of it',
    draw: (random) =>
      slewed(random, random.integer(60, 83) / 1000, random.integer(20, 80) * SECOND, {
        daemon: chronydSlews,
        events: [event(0, chronycSays(CHRONY_UNSET)), event(0, goesOffline)],
        intervalMs: random.integer(10, 30) * SECOND,
        onlineAfterMs: 4 * MINUTE,
        restartsAfter: [random.integer(-120, -30) * SECOND],
      }),
  },
  {
    name: 'a daemon that cannot be seen slews 10 to 30 s by adjtime, offline until then',
    draw: (random) =>
      slewed(random, 0.0005, random.integer(1, 5) * MINUTE, {
        daemon: kernelSlews,
        events: [event(0, goesOffline)],
        intervalMs: 10 * MINUTE,
        onlineAfterMs: 2 * SECOND,
        restartsAfter: [],
      }),
  },
  {
    name: 'timesyncd slews less than half a second',
    draw: (random) => {
      const behindMs = random.integer(100, 400);
      const startsAt = random.integer(1, 5) * MINUTE;
      return plan(random, [
        boot(random, {
          offMs: 0,
          wall: keptWithin(-behindMs),
          upMs: 25 * MINUTE,
          events: [
            event(startsAt, ({ machine }) => machine.slew(0.0005)),
            event(startsAt, ({ machine }) => machine.sayIsSynchronised()),
            event(startsAt + behindMs * 2001, ({ machine }) => machine.slew(0)),
          ],
        }),
      ]);
    },
  },
  {
    name: 'DietPi: timesyncd has set the clock, and ends',
    draw: (random) => {
      const setAt = random.integer(20, 300) * SECOND;
      return plan(random, [
        boot(random, {
          events: [
            event(setAt, timesyncdSets(random.integer(-100, 100))),
            event(setAt + random.integer(1, 30) * SECOND, timesyncdEnds),
          ],
        }),
      ]);
    },
  },
  {
    name: 'DietPi: timesyncd ends in vain, and sets the clock later',
    draw: (random) => {
      const endsAt = random.integer(20, 180) * SECOND;
      const setAt = endsAt + random.integer(1, 3 * 60) * MINUTE;
      return plan(random, [
        boot(random, {
          upMs: setAt + 5 * MINUTE,
          events: [
            event(endsAt, timesyncdEnds),
            event(endsAt, goesOffline),
            event(setAt - 10 * SECOND, timesyncdStarts),
            event(setAt - 10 * SECOND, comesOnline),
            event(setAt, timesyncdSets(random.integer(-100, 100))),
            event(setAt + random.integer(2, 30) * SECOND, timesyncdEnds),
          ],
        }),
      ]);
    },
  },
  {
    name: 'DietPi without python3: timesyncd ends in vain, and something sets the clock later',
    mayEstimate: true,
    draw: (random) => {
      const endsAt = random.integer(20, 180) * SECOND;
      const setAt = endsAt + random.integer(1, 30) * MINUTE;
      return plan(random, [
        bootWithout(random, {
          hasTimesyncd: true,
          nodeRedAt: random.integer(0, 15) * SECOND,
          upMs: setAt + 5 * MINUTE,
          events: [event(endsAt, timesyncdEnds), event(setAt, daemonSets(random.integer(-100, 100)))],
        }),
      ]);
    },
  },
  {
    name: 'a container with python3, whose host sets the clock after minutes',
    draw: (random) => hostSetsAfterMinutes(random, bootWithPython3),
  },
  {
    name: 'a container with python3, whose host sets the clock after hours, offline until then',
    draw: (random) => hostSetsAfterHours(random, bootWithPython3, 0),
  },
  {
    name: 'a container without python3, whose host sets the clock after minutes',
    unjudged: 'nothing knows the time',
    draw: (random) => hostSetsAfterMinutes(random, bootWithout),
  },
  {
    name: 'a container without python3, whose host sets the clock, offline until then',
    draw: (random) => hostSetsAfterHours(random, bootWithout, 10 * SECOND),
  },
  {
    name: 'a container with python3, whose clock nobody sets, and two servers that agree',
    draw: (random) => {
      const answer = (hostname: string) =>
        event(random.integer(30, 9 * 60) * SECOND, serverAnswers(hostname, random.integer(20, 900)));
      return plan(random, [
        bootWithPython3(random, { events: [answer('one.example.com'), answer('other.example.com')] }),
      ]);
    },
  },
  {
    name: 'a container without python3, whose clock nobody sets',
    unjudged: 'nothing knows the time',
    draw: (random) => plan(random, [bootWithout(random)]),
  },
  {
    name: 'a PC that no time server has been told of, with the right time',
    draw: (random) =>
      plan(random, [
        bootWithPython3(random, {
          offMs: random.integer(1, 100) * HOUR,
          architecture: 'x64',
          wall: keptWithin(random.integer(-1500, 1500)),
        }),
      ]),
  },
];
