import type { ReadingTime } from './plan';

/** As dht22-in and picamera-in: stamped when it was read, and on its way to the publish node for a moment. */
export const fromSensor: ReadingTime = async ({ machine, timekeeper }, random) => {
  const due = machine.truth;
  const timestamp = timekeeper.stamp();
  await machine.pass(random.integer(0, 40));
  return { timestamp, due };
};

/** A message without a time, which counts from when it arrives. */
export const without: ReadingTime = async ({ machine }, random) => ({
  timestamp: random.pick(undefined, null),
  due: machine.truth,
});

/** `msg.timestamp = Date.now()` in a function node that the next wire leads on. */
export const dateNow: ReadingTime = async ({ machine }, random) => {
  const given = { timestamp: machine.wall, due: machine.truth };
  await machine.pass(random.integer(0, 5));
  return given;
};

/** The same, and something slow on the way. */
export const dateNowEarlier: ReadingTime = async ({ machine }, random) => {
  const given = { timestamp: machine.wall, due: machine.truth };
  await machine.pass(random.integer(100, 950));
  return given;
};

/** `new Date()`: a Date is the user's own, whatever the clock shows. */
export const dateObject: ReadingTime = async ({ machine }) => ({
  timestamp: new Date(machine.wall),
  due: machine.wall,
});

/** ISO text: the user's own as well. */
export const isoText: ReadingTime = async ({ machine }) => ({
  timestamp: new Date(machine.wall).toISOString(),
  due: machine.wall,
});

/** Of a receiver of a satellite system, which knows the time. */
export const gps: ReadingTime = async ({ machine }) => {
  const time = Math.floor(machine.truth / 1000) * 1000;
  return { timestamp: time, due: time };
};
