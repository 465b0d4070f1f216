import { CHRONY_UNSET, HOUR, MINUTE, SECOND } from '../../clock/machine';
import type { Random } from '../../support/random';
import {
  answersAfter,
  chronycSays,
  chronydSets,
  comesOnline,
  daemonSets,
  enforcesBounds,
  goesOffline,
  handSets,
  stopsFor,
  timesyncdSets,
} from '../changes';
import type { Boot, Event, Plan, Situation } from '../plan';
import { gps } from '../reading-times';
import { boot, bootWithPython3, DAY, event, keptWithin, plan } from './systems';

const YEAR = 365 * DAY;

/** The clock is set, and then is wrong for seconds, until somebody or timesyncd puts it right. */
function stepForSeconds(
  random: Random,
  byMs: number,
  { restartsAt = [], ...given }: Partial<Plan & Pick<Boot, 'restartsAt'>> = {},
) {
  const at = random.integer(5, 12) * MINUTE;
  const until = at + random.integer(2, 90) * SECOND;
  const back = random.pick(handSets(-byMs), timesyncdSets(random.integer(-100, 100)));
  const events = [
    event(random.integer(1, 240) * SECOND, timesyncdSets()),
    event(at, handSets(byMs)),
    event(at + SECOND, enforcesBounds),
    event(until, back),
    event(until + SECOND, enforcesBounds),
  ];
  const boots = [boot(random, { upMs: 25 * MINUTE, restartsAt, events })];
  return plan(random, boots, { intervalMs: 10 * SECOND, ...given });
}

/** Somebody sets the clock wrong, and nobody puts it right before timesyncd hears a time server again. */
function stepForLong(random: Random, byMs: number): Plan {
  const at = random.integer(5, 12) * MINUTE;
  const events = [
    event(random.integer(1, 240) * SECOND, timesyncdSets()),
    event(at, handSets(byMs)),
    event(at + random.integer(20, 60) * MINUTE, timesyncdSets(random.integer(-100, 100))),
  ];
  const here = bootWithPython3(random, { hasTimesyncd: true, upMs: 90 * MINUTE, events });
  return plan(random, [here], { intervalMs: 30 * SECOND });
}

/** The same by hand alone with chronyd, which is asked and does not know it yet. */
function stepOfChronysClock(random: Random, byMs: number): Plan {
  const at = random.integer(5, 12) * MINUTE;
  const events = [
    event(0, chronycSays(CHRONY_UNSET)),
    event(random.integer(1, 240) * SECOND, chronydSets()),
    event(at, handSets(byMs)),
    event(at + random.integer(2, 90) * SECOND, handSets(-byMs)),
  ];
  return plan(random, [bootWithPython3(random, { upMs: 25 * MINUTE, events })], { intervalMs: 10 * SECOND });
}

/** Readings wait, and the clock goes ahead by a year for seconds: age must not count by it. */
function aheadWhileOffline(random: Random, events: (at: number) => readonly Event[]) {
  const at = random.integer(10, 20) * MINUTE;
  return plan(random, [
    boot(random, {
      upMs: at + 10 * MINUTE,
      events: [
        event(random.integer(30, 240) * SECOND, timesyncdSets()),
        event(5 * MINUTE, goesOffline),
        ...events(at),
        event(at + 5 * MINUTE, comesOnline),
      ],
    }),
  ]);
}

/** Clocks that jump, and machines and processes that stand still. */
export const JUMPS: readonly Situation[] = [
  { name: 'an hour ahead for seconds', draw: (random) => stepForSeconds(random, HOUR) },
  { name: 'an hour behind for seconds', draw: (random) => stepForSeconds(random, -HOUR) },
  { name: 'a year ahead for seconds', draw: (random) => stepForSeconds(random, YEAR) },
  { name: 'a year behind for seconds', draw: (random) => stepForSeconds(random, -YEAR) },
  {
    name: 'a year behind for seconds, and msg.timestamp of GPS',
    draw: (random) => stepForSeconds(random, -YEAR, { readingTime: gps }),
  },
  {
    name: 'half a minute to a day ahead or behind, until timesyncd sets the clock again',
    mayEstimate: true,
    draw: (random) => stepForLong(random, random.pick(1, -1) * random.pick(30 * SECOND, HOUR, DAY)),
  },
  {
    name: 'a slip of 10 to 60 s for seconds, after Node-RED was restarted',
    draw: (random) =>
      stepForSeconds(random, random.pick(1, -1) * random.integer(11, 59) * SECOND, {
        restartsAt: [random.integer(245, 290) * SECOND],
      }),
  },
  {
    name: 'a day ahead or behind for seconds, with chrony',
    draw: (random) => stepOfChronysClock(random, random.pick(1, -1) * DAY),
  },
  {
    name: 'a year ahead for seconds, while readings wait for the network',
    draw: (random) =>
      aheadWhileOffline(random, (at) => [
        event(at, handSets(YEAR)),
        event(at + SECOND, enforcesBounds),
        event(at + random.integer(40, 80) * SECOND, enforcesBounds),
        event(at + 80 * SECOND, handSets(-YEAR)),
      ]),
  },
  {
    name: 'two boots, the second one 400 days ahead for seconds, while readings wait',
    draw: (random) => {
      const first = boot(random, {
        events: [event(MINUTE, timesyncdSets()), event(5 * MINUTE, goesOffline)],
      });
      const second = boot(random, {
        offMs: random.integer(1, 60) * MINUTE,
        wall: keptWithin(400 * DAY),
        events: [
          event(30 * SECOND, enforcesBounds),
          event(34 * SECOND, timesyncdSets()),
          event(40 * SECOND, enforcesBounds),
          event(MINUTE, comesOnline),
        ],
      });
      return plan(random, [first, second]);
    },
  },
  {
    name: 'two jumps in one request',
    draw: (random) => {
      const byMs = random.pick(1, -1) * random.integer(1, 72) * HOUR;
      const at = random.integer(8, 12) * MINUTE;
      return plan(
        random,
        [
          boot(random, {
            upMs: 25 * MINUTE,
            events: [
              event(random.integer(1, 240) * SECOND, timesyncdSets()),
              event(at - MINUTE, answersAfter(random.integer(20, 40) * SECOND)),
              event(at, handSets(byMs)),
              event(at + random.integer(1, 5) * SECOND, handSets(-byMs)),
              event(at + 2 * MINUTE, answersAfter(50)),
            ],
          }),
        ],
        { intervalMs: 10 * SECOND },
      );
    },
  },
  {
    name: 'a server that is an hour wrong, and then a right one, offline until then',
    // What a time server said stands for what was read meanwhile: it may have been sent.
    unjudged: 'the server was believed',
    draw: (random) =>
      plan(random, [
        bootWithPython3(random, {
          upMs: 30 * MINUTE,
          events: [
            event(0, chronycSays(CHRONY_UNSET)),
            event(0, goesOffline),
            event(random.integer(3, 5) * MINUTE, chronydSets(random.pick(-HOUR, HOUR))),
            event(10 * MINUTE, chronydSets(random.integer(-100, 100))),
            event(15 * MINUTE, comesOnline),
          ],
        }),
      ]),
  },
  {
    name: 'the machine is suspended, before and after its clock is set',
    draw: (random) => {
      const setAt = random.integer(4, 8) * MINUTE;
      const sleep = () => event(0, ({ machine }) => machine.sleep(random.integer(1, 12 * 60) * MINUTE));
      return plan(random, [
        boot(random, {
          events: [
            { ...sleep(), at: random.integer(1, 3) * MINUTE },
            event(setAt, timesyncdSets(random.integer(-100, 100))),
            { ...sleep(), at: setAt + random.integer(1, 5) * MINUTE },
          ],
        }),
      ]);
    },
  },
  {
    name: 'the process is stopped for minutes, while the clock is set',
    draw: (random) => {
      const at = random.integer(1, 4) * MINUTE;
      const forMs = random.integer(1, 20) * MINUTE;
      const set = event(at + random.integer(1, forMs), timesyncdSets(random.integer(-100, 100)));
      const again = stopsFor(at + forMs + 5 * MINUTE, random.integer(1, 10) * MINUTE);
      return plan(random, [
        boot(random, { upMs: at + forMs + 20 * MINUTE, events: [...stopsFor(at, forMs), set, ...again] }),
      ]);
    },
  },
  {
    name: 'a leap second',
    draw: (random) => {
      const leap = event(random.integer(5, 10) * MINUTE, ({ machine }) => machine.repeatSecond());
      const set = event(random.integer(30, 4 * 60) * SECOND, timesyncdSets());
      return plan(random, [boot(random, { events: [set, leap] })], { intervalMs: 5 * SECOND });
    },
  },
  {
    name: 'a leap second before the clock is set',
    draw: (random) => {
      const leap = event(random.integer(1, 4) * MINUTE, ({ machine }) => machine.repeatSecond());
      const set = event(6 * MINUTE, timesyncdSets());
      return plan(random, [boot(random, { events: [leap, set] })], { intervalMs: 5 * SECOND });
    },
  },
  {
    name: 'a container whose host sets the clock twice',
    draw: (random) =>
      plan(random, [
        bootWithPython3(random, {
          events: [
            event(random.integer(1, 4) * MINUTE, daemonSets(random.integer(-900, 900))),
            event(random.integer(5, 9) * MINUTE, daemonSets(random.integer(-100, 100))),
          ],
        }),
      ]),
  },
];
