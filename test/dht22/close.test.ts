import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { assert as check, array, asyncProperty, constantFrom, integer, record } from 'fast-check';
import {
  createDht22,
  listUsedPins,
  type Dht22,
  type Environment,
  type SensorSettings,
} from '../../src/dht22';
import { until, within } from '../support/waiting';
import { fallingEdges, TIMINGS, withChecksum } from './frames';
import { fakeClock, fakeEnvironment, never } from './support';

const SETTINGS: SensorSettings = {
  source: 'gpio',
  gpio: 4,
  model: 'auto',
  plausibility: false,
  veryDry: false,
};
const GOOD = ['edges', 17_000, ...fallingEdges(withChecksum(2, 146, 1, 13), TIMINGS.AM2302).slice(1)].join(
  ' ',
);

let commands = 0;

/** One helper as python3 runs it: a question waits in its pipe until it gets to it, also when its input has ended. */
interface Process {
  isEnded: boolean;
  isKilled: boolean;
  question: { readonly line: string; answer(line: string): void; fail(reason: Error): void } | undefined;
}

/** A machine whose helpers work only when the test lets them. */
function machine() {
  const processes: Process[] = [];
  const driven: number[] = [];
  commands += 1;

  function startHelper(): ReturnType<Environment['startHelper']> {
    const process: Process = { isEnded: false, isKilled: false, question: undefined };
    processes.push(process);
    return {
      ask: (line) =>
        new Promise((answer, fail) => {
          process.question = { line, answer, fail };
        }),
      isOver: () => process.isKilled,
      end: () => {
        process.isEnded = true;
      },
      kill: (reason) => {
        process.isKilled = true;
        process.question?.fail(new Error(reason));
      },
    };
  }

  /** Lets each helper that lives get on with its question: it drives the pin, and answers. */
  function work(): void {
    for (const process of processes) {
      const { question } = process;
      if (process.isKilled || question === undefined) continue;
      process.question = undefined;
      if (question.line !== 'used') driven.push(Number(question.line.split(' ')[0]));
      question.answer(question.line === 'used' ? 'used ' : GOOD);
    }
  }

  const environment = fakeEnvironment(fakeClock(), { helperCommand: [`closing ${commands}`], startHelper });
  return {
    environment,
    driven,
    work,
    started: () => processes.length,
    asked: () =>
      processes.flatMap(({ isKilled, question }) => (isKilled || !question ? [] : [question.line])),
    alive: () => processes.filter(({ isEnded, isKilled }) => !isEnded && !isKilled).length,
  };
}

/** Long enough for all that waits for nothing but its turn. */
async function settle(): Promise<void> {
  for (let turns = 0; turns < 20; turns += 1) await turn();
}

describe('dht22: closing a sensor', () => {
  it('takes back its question before a helper that still starts gets to it, and ends the helper', async () => {
    const { environment, driven, work, asked, alive } = machine();
    const sensor = createDht22(SETTINGS, environment);
    const reading = sensor.read(never());
    await until('its question', () => asked().length === 1);
    sensor.close();
    const result = await within('the end of the reading', reading);
    await settle();
    work();
    assert.ok(!result.ok && result.failure.kind === 'cancelled');
    assert.deepEqual([driven, alive()], [[], 0]);
  });

  it('takes back its question that waits behind the one of another pin, which goes on', async () => {
    const { environment, driven, work, asked, alive } = machine();
    const other = createDht22({ ...SETTINGS, gpio: 17 }, environment);
    const sensor = createDht22(SETTINGS, environment);
    const reading = other.read(never());
    await until('the question of the other pin', () => asked().includes('17 10000'));
    const cancelled = sensor.read(never());
    await settle();
    sensor.close();
    assert.ok(!(await within('the end of the reading', cancelled)).ok);
    const finished = reading.finally(() => undefined);
    for (let answers = 1; answers <= 2; answers += 1) {
      await until('a question of the other pin', () => asked().length === 1);
      work();
    }
    assert.ok((await within('the reading of the other pin', finished)).ok);
    await settle();
    assert.deepEqual(driven, [17, 17]);
    assert.equal(alive(), 1, 'kept for the other sensor');
    other.close();
    assert.equal(alive(), 0);
  });

  it('leaves a reading to another sensor that waits for the same one', async () => {
    const { environment, work, asked, started, alive } = machine();
    const [one, other] = [createDht22(SETTINGS, environment), createDht22(SETTINGS, environment)];
    const cancelled = one.read(never());
    const reading = other.read(never());
    await until('their question', () => asked().length === 1);
    one.close();
    assert.ok(!(await within('the end of the first reading', cancelled)).ok);
    for (let answers = 1; answers <= 2; answers += 1) {
      await until('their question', () => asked().length === 1);
      work();
    }
    assert.ok((await within('the second reading', reading)).ok);
    assert.deepEqual([started(), alive()], [1, 1]);
    other.close();
    assert.equal(alive(), 0);
  });

  it('ends a helper that was started to tell which pins are held, once it has told', async () => {
    const { environment, work, asked, alive } = machine();
    const used = listUsedPins(environment);
    await until('the question', () => asked().length === 1);
    assert.equal(alive(), 1);
    work();
    assert.deepEqual(await within('the pins', used), []);
    assert.equal(alive(), 0);
  });

  const steps = array(
    record({
      what: constantFrom('read', 'cancel', 'close', 'work'),
      sensor: integer({ min: 0, max: 2 }),
      turns: integer({ min: 0, max: 4 }),
    }),
    { minLength: 3, maxLength: 20 },
  );
  const settings = array(
    record({
      source: constantFrom<SensorSettings['source']>('gpio', 'automatic'),
      gpio: constantFrom(4, 17),
      model: constantFrom<SensorSettings['model']>('auto', 'dht22'),
      plausibility: constantFrom(false),
      veryDry: constantFrom(false),
    }),
    { minLength: 3, maxLength: 3 },
  );

  it('leaves no pin that is driven and no helper, in whatever order sensors are read, cancelled and closed', async () => {
    await check(
      asyncProperty(settings, steps, async (chosen, plan) => {
        const fake = machine();
        const sensors = chosen.map((each) => createDht22(each, fake.environment));
        const readings = chosen.map((): { abort: AbortController; isOver: boolean }[] => []);
        const isReading = (gpio: number) =>
          readings.some((of, index) => chosen[index]?.gpio === gpio && of.some(({ isOver }) => !isOver));

        function read(index: number, sensor: Dht22): void {
          const reading = { abort: new AbortController(), isOver: false };
          readings[index]?.push(reading);
          void sensor.read(reading.abort.signal).finally(() => {
            reading.isOver = true;
          });
        }

        async function work(): Promise<void> {
          // What was cancelled in this very moment is cancelled a moment later.
          await settle();
          const before = fake.driven.length;
          const mayDrive = [4, 17].filter(isReading);
          fake.work();
          for (const gpio of fake.driven.slice(before))
            assert.ok(mayDrive.includes(gpio), `GPIO ${gpio} is driven`);
        }

        for (const { what, sensor: index, turns } of plan) {
          const sensor = sensors[index];
          if (what === 'work') await work();
          else if (what === 'close') sensor?.close();
          else if (what === 'cancel') readings[index]?.at(-1)?.abort.abort();
          else if (sensor !== undefined) read(index, sensor);
          for (let turned = 0; turned < turns; turned += 1) await turn();
        }
        for (const sensor of sensors) sensor.close();
        await work();
        assert.ok(![4, 17].some(isReading), 'a reading goes on');
        assert.equal(fake.alive(), 0);
        assert.deepEqual(fake.asked(), []);
      }),
      { numRuns: 150 },
    );
  });
});
