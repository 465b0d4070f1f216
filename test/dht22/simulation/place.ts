import type { Random } from '../../support/random';

/** Temperature in °C and relative humidity in percent. */
export interface Values {
  readonly temperature: number;
  readonly humidity: number;
}

/** What the air at the sensor is like, by time in milliseconds. */
export type Place = (time: number) => Values;

/** Something that changes the air at the sensor for a while. */
export interface Event {
  readonly from: number;
  readonly to: number;
  /** The air while it lasts, given the time since it began in milliseconds and the air without it. */
  readonly air: (elapsed: number, without: Values) => Values;
}

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

const within = (least: number, value: number, most: number) => Math.min(Math.max(value, least), most);

/** Goes from one to the other, to 63 % in the time constant. */
const towards = (from: number, to: number, elapsed: number, timeConstant: number) =>
  to + (from - to) * Math.exp(-elapsed / timeConstant);

/** Breathing on the sensor: warm, damp air, at once. */
export const breath = (from: number, milliseconds: number): Event => ({
  from,
  to: from + milliseconds,
  air: (_, { temperature }) => ({ temperature: Math.max(temperature, 33), humidity: 95 }),
});

/** A hair dryer is held at the sensor. */
export const hairDryer = (from: number, milliseconds: number, temperature: number): Event => ({
  from,
  to: from + milliseconds,
  air: () => ({ temperature, humidity: 8 }),
});

/** The sensor is moved elsewhere, for good. */
export const moved = (from: number, there: Values): Event => ({
  from,
  to: Number.POSITIVE_INFINITY,
  air: () => there,
});

/** A shower runs in a bathroom. */
const shower = (from: number, milliseconds: number): Event => ({
  from,
  to: from + milliseconds,
  air: (elapsed, { temperature, humidity }) => ({
    temperature: towards(temperature, temperature + 4, elapsed, 5 * MINUTE_MS),
    humidity: towards(humidity, 98, elapsed, 2 * MINUTE_MS),
  }),
});

/** A window opens in winter. */
const window = (from: number, milliseconds: number): Event => ({
  from,
  to: from + milliseconds,
  air: (elapsed, { temperature, humidity }) => ({
    temperature: towards(temperature, temperature - 15, elapsed, 4 * MINUTE_MS),
    humidity: towards(humidity, humidity - 15, elapsed, 3 * MINUTE_MS),
  }),
});

function drawEvent(random: Random, longest: number): Event {
  const from = random.integer(0, longest);
  const elsewhere = () => ({ temperature: random.integer(-25, 45), humidity: random.integer(15, 95) });
  return random.pick(
    breath(from, random.integer(1000, 15_000)),
    hairDryer(from, random.integer(3000, 60_000), random.integer(45, 78)),
    moved(from, elsewhere()),
    shower(from, random.integer(3, 12) * MINUTE_MS),
    window(from, random.integer(2, 20) * MINUTE_MS),
  );
}

/** A room or a garden with these events, the later ones over the earlier. */
export function placeWith(usual: Values, events: readonly Event[]): Place {
  return (time) => {
    const day = Math.sin((time / DAY_MS) * 2 * Math.PI);
    let air: Values = { temperature: usual.temperature + 4 * day, humidity: usual.humidity - 10 * day };
    for (const event of events)
      if (time >= event.from && time < event.to) air = event.air(time - event.from, air);
    return { temperature: within(-39, air.temperature, 79), humidity: within(4, air.humidity, 99) };
  };
}

/** A place in which something happens now and then, for so many milliseconds. */
export function drawPlace(random: Random, milliseconds: number, eventCount: number): Place {
  const usual = { temperature: random.integer(-10, 30), humidity: random.integer(25, 80) };
  return placeWith(
    usual,
    Array.from({ length: eventCount }, () => drawEvent(random, milliseconds)),
  );
}
