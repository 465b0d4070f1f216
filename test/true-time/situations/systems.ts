import { MINUTE, SECOND, type Machine } from '../../clock/machine';
import type { Random } from '../../support/random';
import { python3IsThere } from '../changes';
import type { Boot, Change, Event, Plan } from '../plan';
import { fromSensor } from '../reading-times';

export const DAY = 24 * 60 * MINUTE;

/** The clock goes on from the last shutdown, as fake-hwclock and systemd have it: the time that the machine was off is missing. */
export const goesOn = (machine: Machine): number => machine.wall;

/** After a power cut it goes on from when it was saved last. */
export function goesOnFrom(sinceSavedMs: number): (machine: Machine) => number {
  return (machine) => machine.wall - sinceSavedMs;
}

/** A clock battery has kept the time, more or less. */
export function keptWithin(errorMs: number): (machine: Machine) => number {
  return (machine) => machine.truth + errorMs;
}

/** It shows a certain time, whatever the time is. */
export function shows(time: number): () => number {
  return () => time;
}

export function event(at: number, change: Change): Event {
  return { at, change };
}

/** A boot of Raspberry Pi OS: systemd-timesyncd and python3, and no clock battery. */
export function boot(random: Random, given: Partial<Boot> = {}): Boot {
  const { events = [], ...rest } = given;
  return {
    offMs: random.integer(1, 20 * 24 * 60) * MINUTE,
    wall: goesOn,
    hasTimesyncd: true,
    architecture: 'arm64',
    nodeRedAt: random.integer(0, 20) * SECOND,
    restartsAt: [],
    upMs: 15 * MINUTE,
    isCutOff: random.chance(0.5),
    ...rest,
    events: [python3IsThere, ...events],
  };
}

/** A boot of another system, on which the kernel cannot be asked, nor anybody else. */
export function bootWithout(random: Random, given: Partial<Boot> = {}): Boot {
  const { events = [], hasTimesyncd = false, ...rest } = given;
  return { ...boot(random, rest), hasTimesyncd, events };
}

/** The same with python3, as a container may have it. */
export function bootWithPython3(random: Random, { events = [], ...given }: Partial<Boot> = {}): Boot {
  return bootWithout(random, { ...given, events: [python3IsThere, ...events] });
}

export function plan(random: Random, boots: readonly Boot[], given: Partial<Plan> = {}): Plan {
  return {
    intervalMs: random.integer(15, 60) * SECOND,
    readingTime: fromSensor,
    timeWaitMs: 10 * MINUTE,
    boots,
    ...given,
  };
}
