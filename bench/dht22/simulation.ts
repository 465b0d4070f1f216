/**
 * What the check of readings does to a simulated sensor, in virtual time and through the same code as a real one:
 * refusals of what is real, values that the sensor did not measure, and readings that took a further try.
 */
import { GLITCHES } from '../../test/dht22/simulation/glitches';
import { breath, hairDryer, moved, placeWith, type Event } from '../../test/dht22/simulation/place';
import { drawRun, nothingYet, readAll, type Outcome, type Run } from '../../test/dht22/simulation/run';
import type { Nature } from '../../test/dht22/simulation/sensor';
import { fakeSysfs, type FakeSysfs } from '../../test/dht22/support';

const SEEDS = 100;
const READINGS = 40;
const INTERVALS_S = [5, 60, 100, 300, 3600];

/** As fast as the data sheet says that the sensor can be. */
const FAST: Nature = {
  temperatureLag: 10_000,
  humidityLag: 5000,
  answersLate: true,
  failures: 0,
  glitches: 0,
};

/** An event a minute after the start, and the seconds from one reading to the next. */
const CHANGES: readonly (readonly [string, number, Event])[] = [
  ['breath for 12 s, read every 5 s', 5, breath(60_000, 12_000)],
  ['moved from 22 to −5 °C, every 10 s', 10, moved(60_000, { temperature: -5, humidity: 80 })],
  ['hair dryer for 45 s, every 5 s', 5, hairDryer(60_000, 45_000, 70)],
  ['hair dryer for 45 s, every 60 s', 60, hairDryer(60_000, 45_000, 70)],
];

/** A row of a table: its name, and what is read for a seed. */
type Row = readonly [name: string, runOf: (seed: number) => Run];

/** Changes that are real, and wrong answers by kind: one in ten, in drawn places, read every minute. */
function rowsByCause(): readonly Row[] {
  const changes = CHANGES.map(([name, seconds, event]): Row => {
    const place = placeWith({ temperature: 22, humidity: 40 }, [event]);
    return [name, (seed) => ({ place, nature: FAST, seed, seconds, count: READINGS })];
  });
  const glitches = Object.entries(GLITCHES).map(([name, glitch]): Row => [
    `wrong: ${name}`,
    (seed) => {
      const run = drawRun(seed, 60, READINGS);
      return { ...run, nature: { ...run.nature, glitches: 0.1, glitch } };
    },
  ]);
  return [...changes, ...glitches];
}

const rowsByInterval = (): readonly Row[] =>
  INTERVALS_S.map((seconds): Row => [`every ${seconds} s`, (seed) => drawRun(seed, seconds, READINGS)]);

async function sumOf(sysfs: FakeSysfs, [, runOf]: Row): Promise<Outcome> {
  const sum = nothingYet();
  for (let seed = 0; seed < SEEDS; seed += 1) {
    const one = await readAll(sysfs, runOf(seed));
    sum.readings += one.readings;
    sum.glitches += one.glitches;
    sum.delayed += one.delayed;
    sum.falseRefusals.push(...one.falseRefusals);
    sum.falseValues.push(...one.falseValues);
  }
  return sum;
}

function columns(first: string, others: readonly (string | number)[]): void {
  console.log(`${first.padEnd(36)}${others.map((text) => String(text).padStart(9)).join('')}`);
}

/** Prints a table. Gives for each row a goal, and whether it is met. */
async function table(sysfs: FakeSysfs, title: string, rows: readonly Row[]): Promise<[string, boolean][]> {
  console.log(`\n${title}: ${SEEDS} seeds, ${READINGS} readings each`);
  columns('', ['readings', 'glitches', 'refused', 'wrong', 'delayed']);
  const goals: [string, boolean][] = [];
  for (const row of rows) {
    const { readings, glitches, falseRefusals, falseValues, delayed } = await sumOf(sysfs, row);
    columns(row[0], [readings, glitches, falseRefusals.length, falseValues.length, delayed]);
    for (const example of [...falseRefusals, ...falseValues].slice(0, 3)) console.log(`    ${example}`);
    const faults = falseRefusals.length + falseValues.length;
    goals.push([`${row[0]}: nothing refused or wrong (${faults})`, faults === 0]);
  }
  return goals;
}

/** Prints both tables. Gives a goal for each row: nothing real refused, and no wrong value. */
export async function simulationTables(): Promise<readonly [string, boolean][]> {
  const sysfs = await fakeSysfs({ 'iio:device0': { temperature: '0', humidity: '0', gpio: 4 } });
  try {
    const causes = await table(sysfs, 'A simulated sensor, by what happens', rowsByCause());
    return [...causes, ...(await table(sysfs, 'A simulated sensor, by interval', rowsByInterval()))];
  } finally {
    await sysfs.remove();
  }
}
