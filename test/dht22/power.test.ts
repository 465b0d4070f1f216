import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import type { Environment } from '../../src/dht22';
import { completeEnvironment } from '../../src/dht22/environment';
import { startHelper } from '../../src/dht22/helper';
import { openPowerPin } from '../../src/dht22/power';
import { within } from '../support/waiting';
import { fakeEnvironment, never } from './support';

/** Long enough for all that waits for nothing but its turn. */
async function settle(): Promise<void> {
  for (let turns = 0; turns < 20; turns += 1) await turn();
}

let benches = 0;

/** A power pin, of two nodes, whose helper answers, and whose waits pass, only when the test lets them. */
function bench() {
  benches += 1;
  const asked: string[] = [];
  const waits: { readonly milliseconds: number; pass(): void }[] = [];
  const killed: string[] = [];
  const questions: ((line: string) => void)[] = [];
  let helpers = 0;
  const environment: Partial<Environment> = {
    helperCommand: [`helper of bench ${benches}`],
    startHelper: () => {
      helpers += 1;
      let isOver = false;
      let giveUp: ((reason: Error) => void) | undefined;
      return {
        ask: (line) =>
          new Promise((answer, reject) => {
            assert.equal(questions.length, 0, 'asked while it is asked something else');
            asked.push(line);
            questions.push(answer);
            giveUp = reject;
          }),
        isOver: () => isOver,
        end: () => undefined,
        kill: (reason) => {
          isOver = true;
          killed.push(reason);
          questions.length = 0;
          giveUp?.(new Error(reason));
        },
      };
    },
    wait: (milliseconds, signal) =>
      new Promise((resolve) => {
        if (signal.aborted) return resolve();
        signal.addEventListener('abort', () => resolve());
        if (milliseconds < 15_000) waits.push({ milliseconds, pass: resolve });
      }),
  };
  const open = () => openPowerPin(completeEnvironment(fakeEnvironment({ ...NO_CLOCK }, environment)), 17);
  return {
    pin: open(),
    otherPin: open(),
    helpers: () => helpers,
    asked,
    killed,
    answer: async () => {
      questions.shift()?.('power');
      await settle();
    },
    pass: async (milliseconds: number) => {
      const next = waits.shift();
      assert.equal(next?.milliseconds, milliseconds);
      next.pass();
      await settle();
    },
    waits: () => waits.map(({ milliseconds }) => milliseconds),
  };
}

const NO_CLOCK = {
  waits: [],
  now: () => 0,
  monotonic: () => 0,
  wait: () => Promise.resolve(),
  pass: () => undefined,
};

/** Whether a promise is settled. */
function watch(promise: Promise<unknown>): () => boolean {
  let isOver = false;
  void promise.finally(() => {
    isOver = true;
  });
  return () => isOver;
}

describe('dht22: a power pin', () => {
  it('serves two readings that begin together one after the other, with one question', async () => {
    const { pin, asked, answer, pass } = bench();
    const both = Promise.all([pin.switchOn(never()), pin.switchOn(never())]);
    await settle();
    await answer();
    await pass(2000);
    const results = await within('both', both);
    assert(results.every(({ ok }) => ok));
    assert.deepEqual(asked, ['power 17 1']);
  });

  it('has a reading wait while the power is off, and until the sensor is awake again', async () => {
    const { pin, asked, answer, pass } = bench();
    const cycle = pin.cycle(never());
    await settle();
    await answer();
    const isOn = watch(pin.switchOn(never()));
    await settle();
    assert(!isOn(), 'while it is off');
    await pass(5000);
    await answer();
    assert(!isOn(), 'before it is awake');
    await pass(2000);
    assert((await within('the cycle', cycle)).ok && isOn());
    assert.deepEqual(asked, ['power 17 0', 'power 17 1']);
  });

  it('gives the sensor its time to wake also after a reading that was cancelled while it was off', async () => {
    const { pin, asked, answer, pass } = bench();
    const cancelled = new AbortController();
    const cycle = pin.cycle(cancelled.signal);
    await settle();
    await answer();
    cancelled.abort();
    await settle();
    await answer();
    assert(!(await within('the cycle', cycle)).ok);
    const isOn = watch(pin.switchOn(never()));
    await settle();
    await answer();
    assert(!isOn());
    assert.deepEqual(asked, ['power 17 0', 'power 17 1', 'power 17 1']);
    await pass(5000);
    await pass(2000);
    assert(isOn());
  });

  it('kills a helper that still starts when it is released, and asks no more', async () => {
    const { pin, asked, killed } = bench();
    const readings = Promise.all([pin.switchOn(never()), pin.cycle(never())]);
    await settle();
    pin.release();
    const kinds = (await within('both', readings)).map((result) => (result.ok ? 'on' : result.failure.kind));
    assert.deepEqual([kinds, asked, killed.length], [['cancelled', 'cancelled'], ['power 17 1'], 1]);
  });

  it('can be switched off and on again for each of two nodes that feed their sensors from it', async () => {
    const { pin, otherPin, helpers, asked, answer, pass } = bench();
    const isOn = watch(pin.switchOn(never()));
    await settle();
    await answer();
    await pass(2000);
    const cycle = otherPin.cycle(never());
    await settle();
    await answer();
    await pass(5000);
    await answer();
    await pass(2000);
    assert(isOn() && (await within('the cycle', cycle)).ok);
    assert.deepEqual([asked, helpers()], [['power 17 1', 'power 17 0', 'power 17 1'], 1]);
  });

  it('stays on until the last of two nodes has released it', async () => {
    const { pin, otherPin, asked, killed, answer, pass } = bench();
    const both = Promise.all([pin.switchOn(never()), otherPin.switchOn(never())]);
    await settle();
    await answer();
    await pass(2000);
    await within('both', both);
    pin.release();
    pin.release();
    assert((await within('the reading', otherPin.switchOn(never()))).ok);
    assert.deepEqual([asked, killed], [['power 17 1'], []]);
    otherPin.release();
    assert.equal(killed.length, 1);
  });

  it('lets a node go at once while another one has it off', async () => {
    const { pin, otherPin, answer } = bench();
    void pin.cycle(never());
    await settle();
    await answer();
    const reading = otherPin.switchOn(never());
    otherPin.release();
    const result = await within('the reading', reading);
    assert(!result.ok && result.failure.kind === 'cancelled');
    pin.release();
  });

  it('refuses a second question to a helper while one waits', async () => {
    const helper = startHelper(process.execPath, ['-e', 'process.stdin.pipe(process.stdout)']);
    const first = helper.ask('one');
    await assert.rejects(helper.ask('two'), /asked something else/);
    assert.equal(await within('the first answer', first), 'one');
    assert.equal(await within('another answer', helper.ask('three')), 'three');
    helper.end();
  });
});
