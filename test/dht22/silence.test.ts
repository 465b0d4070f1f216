import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDht22, type Environment, type SensorSettings } from '../../src/dht22';
import { fallingEdges, TIMINGS, withChecksum } from './frames';
import { fakeClock, fakeEnvironment, helperThat, never, type FakeClock } from './support';

const GOOD = [
  'edges',
  17_000,
  ...fallingEdges(withChecksum(2, 146, 1, 13), TIMINGS.AM2302)
    .slice(1)
    .map((edge) => edge + 17_000),
].join(' ');
const SILENT = 'edges 17000';

const SETTINGS: SensorSettings = {
  source: 'gpio',
  gpio: 4,
  model: 'dht22',
  plausibility: true,
  veryDry: false,
};
const POWERED: SensorSettings = { ...SETTINGS, power: { gpio: 17, afterSilent: 2 } };

describe('dht22: a sensor that falls silent', () => {
  let folder: string;
  let clock: FakeClock;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dht22-silence-'));
    clock = fakeClock(10_000);
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  /** What the sensor answers from now on; its power pin is always taken. */
  const sensorSays = (line: string) => writeFile(join(folder, 'sensor'), line);
  const powerSays = (line: string) => writeFile(join(folder, 'power'), line);

  async function environment(): Promise<Partial<Environment>> {
    await powerSays('power');
    await writeFile(join(folder, 'log'), '');
    const script = join(__dirname, 'fake-power.mjs');
    return fakeEnvironment(clock, { helperCommand: [process.execPath, script, folder] });
  }

  /** What was asked of power pins. */
  async function asked(): Promise<readonly string[]> {
    const lines = (await readFile(join(folder, 'log'), 'utf8')).split('\n');
    return lines.filter((line) => line.startsWith('power'));
  }

  it('gets the hint to switch its power once it had answered and is silent twice', async () => {
    const sensor = createDht22(SETTINGS, await environment());
    const messages: string[] = [];
    for (const line of [SILENT, SILENT, GOOD, SILENT, SILENT]) {
      await sensorSays(line);
      const result = await sensor.read(never());
      messages.push(result.ok ? 'good' : result.failure.message);
    }
    sensor.close();
    const hinted = messages.map((message) => /power was off for some seconds/.test(message));
    assert.deepEqual(hinted, [false, false, false, false, true]);
    assert.deepEqual(await asked(), []);
  });

  it('has its power pin switched on before the first reading, and time to wake', async () => {
    const sensor = createDht22(POWERED, await environment());
    await sensorSays(GOOD);
    for (const _ of [1, 2]) assert((await sensor.read(never())).ok);
    sensor.close();
    assert.deepEqual(await asked(), ['power 17 1']);
    assert.equal(clock.waits[0], 2000);
  });

  it('asks nothing more where it is closed while its power is being switched on', async () => {
    const sensor = createDht22(POWERED, await environment());
    await sensorSays(GOOD);
    const reading = sensor.read(never());
    sensor.close();
    const result = await reading;
    assert(!result.ok && result.failure.kind === 'cancelled');
    const log = await readFile(join(folder, 'log'), 'utf8');
    assert.ok(!/^4 /m.test(log), log);
  });

  it('has its power switched off and on again after so many silent readings, and says so', async () => {
    const sensor = createDht22(POWERED, await environment());
    await sensorSays(SILENT);
    const first = await sensor.read(never());
    assert(!first.ok && !first.failure.message.includes('switched'));
    const second = await sensor.read(never());
    assert(!second.ok && second.failure.kind === 'no-answer');
    assert.match(second.failure.message, /Its power \(GPIO 17 \(pin 11\)\) was switched off and on again/);
    assert.deepEqual(await asked(), ['power 17 1', 'power 17 0', 'power 17 1']);
    assert.deepEqual(clock.waits.slice(-2), [5000, 2000]);
    await sensorSays(GOOD);
    assert((await sensor.read(never())).ok);
    sensor.close();
  });

  it('leaves its power pin alone once it is closed, also while that is off', async () => {
    const closed = new AbortController();
    const given = await environment();
    /** The node is closed as soon as its sensor waits for its power to run out. */
    const wait = async (milliseconds: number, signal: AbortSignal): Promise<void> => {
      if (milliseconds === 5000) {
        closed.abort();
        sensor.close();
      }
      return clock.wait(milliseconds, signal);
    };
    const sensor = createDht22({ ...POWERED, power: { gpio: 17, afterSilent: 1 } }, { ...given, wait });
    await sensorSays(SILENT);
    await sensor.read(closed.signal);
    assert.deepEqual(await asked(), ['power 17 1', 'power 17 0']);
  });

  it('counts silent readings in a row only', async () => {
    const sensor = createDht22(POWERED, await environment());
    for (const line of [SILENT, GOOD, SILENT, 'edges 17000 204000 283000', SILENT]) {
      await sensorSays(line);
      await sensor.read(never());
    }
    sensor.close();
    assert.deepEqual(await asked(), ['power 17 1']);
  });

  it('counts a silent reading that two share once', async () => {
    const sensor = createDht22(POWERED, await environment());
    await sensorSays(SILENT);
    const [one, other] = await Promise.all([sensor.read(never()), sensor.read(never())]);
    assert(!one.ok && !other.ok);
    assert.deepEqual([one.failure.kind, other.failure.message], ['no-answer', one.failure.message]);
    sensor.close();
    assert.deepEqual(await asked(), ['power 17 1']);
  });

  it('names the other node where that feeds its sensor from the data pin', async () => {
    const sensor = createDht22(SETTINGS, await environment());
    await sensorSays('busy sensorpost-power');
    const result = await sensor.read(never());
    sensor.close();
    assert(!result.ok && result.failure.kind === 'busy');
    assert.match(result.failure.message, /^GPIO 4 \(pin 7\) feeds the sensor of another node/);
  });

  it('fails where its power pin cannot be had, with the name of whoever holds it', async () => {
    const sensor = createDht22(POWERED, await environment());
    await powerSays('busy w1');
    const result = await sensor.read(never());
    sensor.close();
    assert(!result.ok && result.failure.kind === 'busy' && result.failure.tries === 0);
    assert.match(result.failure.message, /GPIO 17 \(pin 11\) is in use by "w1"/);
  });

  it('says why its power pin cannot be had, with the advice for a pin that no driver reads', async () => {
    const cases: readonly [answer: string, kind: string, advice: RegExp][] = [
      ['no-chip', 'no-chip', /no GPIO chip/],
      ['no-permission /dev/gpiochip0', 'no-permission', /usermod -aG gpio/],
      ['no-such-pin 12', 'no-such-pin', /12 lines/],
      ['busy w1', 'busy', /in use by "w1"\. Choose another power pin\. Or: End that program/],
      ['busy dht11@11', 'busy', /kernel driver, which reads a sensor there: choose another power pin/],
      ['busy sensorpost-dht22', 'busy', /Another node reads its sensor on GPIO 17/],
      ['error No space left', 'helper-failed', /No space left.*Linux 5\.10/],
      ['nonsense', 'helper-failed', /"nonsense"/],
    ];
    for (const [answer, kind, advice] of cases) {
      const sensor = createDht22(POWERED, await environment());
      await powerSays(answer);
      const result = await sensor.read(never());
      sensor.close();
      assert(!result.ok);
      const { message } = result.failure;
      assert.equal(result.failure.kind, kind);
      assert.match(message, /^The power pin: .*GPIO 17 \(pin 11\)/);
      assert.match(message, advice);
      assert.doesNotMatch(message, /dtoverlay=|choose the source "(?:Kernel|auto)/);
    }
  });

  it('says how python3 is installed where its power pin cannot be switched for want of it', async () => {
    const given = fakeEnvironment(clock, { helperCommand: [join(folder, 'python3')] });
    const result = await createDht22(POWERED, given).read(never());
    assert(!result.ok && result.failure.kind === 'no-python');
    assert.match(result.failure.message, /^The power pin: GPIO 17 .*sudo apt install python3\)\.$/);
  });

  it('names the other Node-RED that alone can switch its power', async () => {
    const held = fakeEnvironment(clock, {
      helperCommand: ['a helper whose power pin another Node-RED holds'],
      startHelper: helperThat((question) =>
        question.startsWith('power') ? 'busy sensorpost-power' : SILENT,
      ),
    });
    const sensor = createDht22({ ...POWERED, power: { gpio: 17, afterSilent: 1 } }, held);
    const result = await sensor.read(never());
    sensor.close();
    assert(!result.ok && result.failure.kind === 'no-answer');
    assert.match(result.failure.message, /Another Node-RED feeds its sensor from GPIO 17 \(pin 11\)/);
  });

  it('counts as silent where none of all tries brought an answer, whichever way the last one failed', async () => {
    const DAMAGED = 'edges 17000 204000 283000';
    const cases: readonly [tries: (number: number) => string, isSilent: boolean][] = [
      [() => SILENT, true],
      [(number) => (number === 15 ? 'error x' : SILENT), true],
      [(number) => (number === 1 ? 'busy w1' : SILENT), true],
      [(number) => (number === 1 ? DAMAGED : SILENT), false],
      [(number) => (number === 15 ? DAMAGED : SILENT), false],
      [() => 'error x', false],
    ];
    for (const [index, [answerOf, isSilent]] of cases.entries()) {
      let tries = 0;
      const given = fakeEnvironment(clock, {
        helperCommand: [`a helper of case ${index}`],
        startHelper: helperThat(() => answerOf((tries += 1))),
      });
      const sensor = createDht22(SETTINGS, given);
      const result = await sensor.read(never());
      sensor.close();
      assert(!result.ok);
      assert.deepEqual([result.failure.tries, result.failure.isSilent], [15, isSilent], `case ${index}`);
    }
  });

  it('reads on where another Node-RED holds its power pin, which is on then', async () => {
    const sensor = createDht22(POWERED, await environment());
    await powerSays('busy sensorpost-power');
    await sensorSays(GOOD);
    assert((await sensor.read(never())).ok);
    sensor.close();
  });

  it('gets its power again from a new helper where the one that held it died', async () => {
    const sensor = createDht22(POWERED, await environment());
    await sensorSays(GOOD);
    assert((await sensor.read(never())).ok);
    await powerSays('die');
    await sensorSays(SILENT);
    for (const _ of [1, 2]) await sensor.read(never());
    await powerSays('power');
    await sensorSays(GOOD);
    assert((await sensor.read(never())).ok);
    sensor.close();
    assert.equal((await asked()).at(-1), 'power 17 1');
  });

  it('gets its power again before the next reading where the helper died while it held the pin', async () => {
    const questions: string[] = [];
    const dead = new Set<string>();
    /** The helpers, by what they are asked first; each lives until it is declared dead. */
    const startHelperThatDies: Environment['startHelper'] = () => {
      let task: string | undefined;
      return {
        ask: async (question) => {
          task ??= question;
          dead.delete(task);
          questions.push(question);
          return question.startsWith('power') ? 'power' : GOOD;
        },
        isOver: () => task !== undefined && dead.has(task),
        end: () => undefined,
        kill: () => undefined,
      };
    };
    const given = fakeEnvironment(clock, {
      helperCommand: ['a helper that dies'],
      startHelper: startHelperThatDies,
    });
    const sensor = createDht22(POWERED, given);
    assert((await sensor.read(never())).ok);
    dead.add('power 17 1');
    for (const _ of [1, 2]) assert((await sensor.read(never())).ok);
    sensor.close();
    const kinds = questions.map((question) => (question.startsWith('power') ? question : 'sensor'));
    const order = kinds.filter((kind, index) => kind !== kinds[index - 1]);
    assert.deepEqual(order, ['power 17 1', 'sensor', 'power 17 1', 'sensor']);
  });
});
