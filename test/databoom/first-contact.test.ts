import assert from 'node:assert/strict';
import {
  createKnownSignals,
  listSignalStatuses,
  metaOfSignal,
  openDataboomAccount,
  pushCodec,
  withFirstContact,
  type Push,
  type SignalMemory,
} from '../../src/databoom';
import { createSender, type Sender, type Transport } from '../../src/delivery';
import { createHttpClient, type HttpClient } from '../../src/http';
import { success } from '../../src/result';
import { testOutbox, value, START, type TestOutbox } from '../outbox/support';
import { createRandom, type Random } from '../support/random';
import { valueOf } from '../support/results';
import { until } from '../support/waiting';
import { startDataboom, type Fate, type SimulatedDataboom } from './simulated-databoom';

const QUEUE = 'databoom https://example.com/v1/signals/push#account';
const TOKEN = 'b64/of+an+account==';

/** Pauses in which nobody has to wait long. */
const POLICY = {
  backoffBaseMs: 2,
  backoffCapMs: 20,
  laneBaseMs: 2,
  laneCapMs: 20,
  pausedMs: 20,
  retryAfterCapMs: 20,
  batch: { count: 20, bytes: 1e6 },
};

const dateOf = (timestamp: number) => new Date(timestamp).toISOString().replace('Z', '+0000');

const current = (timestamp: number, values: Readonly<Record<string, number>>, device = 'd'): Push => ({
  target: { device },
  timestamp,
  content: { kind: 'current', signals: new Map(Object.entries(values)) },
});

/** What is to be recorded of a signal. */
const expected = (pushes: readonly Push[], device: string, name: string) =>
  pushes.flatMap(({ target, timestamp, content }) => {
    const read = content.kind === 'current' ? content.signals.get(name) : undefined;
    const isHere = 'device' in target && target.device === device && read !== undefined;
    return isHere ? [`${timestamp} ${read}`] : [];
  });

describe('databoom: the first contact of a signal', () => {
  let databoom: SimulatedDataboom;
  let http: HttpClient;
  let test: TestOutbox;
  let sender: Sender<Push> | undefined;
  let warnings: string[];

  beforeEach(async () => {
    databoom = await startDataboom();
    http = createHttpClient({ baseTimeoutMs: 60_000, now: Date.now });
    test = await testOutbox();
    warnings = [];
  });
  afterEach(async () => {
    await sender?.close();
    sender = undefined;
    http.close();
    await test.remove();
    await databoom.close();
  });

  const plain = () => valueOf(openDataboomAccount({ server: databoom.url, token: TOKEN }, http));

  /** The transport of a new process. */
  function transport(): Transport<Push> {
    const memory: SignalMemory = {
      known: (device) => value(test.outbox.knownNames(QUEUE, device)),
      remember: (device, names) => value(test.outbox.addKnownNames(QUEUE, device, names)),
    };
    const known = createKnownSignals({
      memory,
      list: (signal) => listSignalStatuses({ server: databoom.url, token: TOKEN }, http, signal),
      warn: (text) => warnings.push(text),
    });
    return withFirstContact(plain(), { known, metaOf: (name) => metaOfSignal(name, undefined) });
  }

  function start(given = transport()): Sender<Push> {
    sender = createSender<Push>({
      outbox: test.outbox,
      destination: QUEUE,
      transport: success(given),
      codec: pushCodec,
      policy: POLICY,
      events: { delivered: () => {}, refused: () => {}, dropped: () => {}, changed: () => {} },
    });
    return sender;
  }

  async function restart(): Promise<Sender<Push>> {
    await sender?.close();
    await test.reopen();
    return start();
  }

  const isEmpty = () =>
    until('an empty queue', async () => (await value(test.outbox.counts(QUEUE))).waiting === 0);

  async function acceptAll(pushes: readonly Push[], to = sender): Promise<void> {
    for (const push of pushes) await value(to?.accept(push, '') ?? assert.fail('no sender'));
  }

  const BACKLOG = [
    current(START, { temp: 1 }),
    current(START + 1000, { temp: 2, door: 0 }),
    current(START + 2000, { temp: 3, door: 1 }),
  ];

  async function deliverBacklog(given?: Transport<Push>): Promise<void> {
    start(given).hold();
    await acceptAll(BACKLOG);
    sender?.resume();
    await isEmpty();
  }

  it('goes before the history of a backlog, with the oldest value of each signal', async () => {
    await deliverBacklog();
    const history = (from: number, ...values: number[]) => ({
      history: values.map((each, index) => ({ date: dateOf(START + from + index * 1000), value: each })),
    });
    assert.deepEqual(databoom.pushes(), [
      {
        device: 'd',
        date: dateOf(START),
        signals: [{ name: 'temp', value: 1, meta: { description: 'temp' } }],
      },
      {
        device: 'd',
        date: dateOf(START + 1000),
        signals: [{ name: 'door', value: 0, meta: { description: 'door' } }],
      },
      {
        device: 'd',
        date: dateOf(START + 2000),
        signals: { temp: history(1000, 2, 3), door: history(2000, 1) },
      },
    ]);
    assert.deepEqual(databoom.recorded('d', 'temp'), [
      `${START} 1`,
      `${START + 1000} 2`,
      `${START + 2000} 3`,
    ]);
  });

  it('makes the difference: without it, the simulated service records nothing of a backlog', async () => {
    await deliverBacklog(plain());
    assert.deepEqual(databoom.recorded('d', 'temp'), []);
  });

  it('happens once where the token may not list signals, also after a restart', async () => {
    databoom.mayRead = false;
    start();
    await acceptAll(BACKLOG);
    await isEmpty();
    await restart();
    await acceptAll([current(START + 3000, { temp: 4 })]);
    await isEmpty();
    assert.deepEqual(databoom.pushes().at(-1), {
      device: 'd',
      date: dateOf(START + 3000),
      signals: [{ name: 'temp', value: 4 }],
    });
    assert.deepEqual(databoom.recorded('d', 'temp').length, 4);
  });

  it('happens anew where the service no longer has the signal, as with the token of another account', async () => {
    start();
    await acceptAll(BACKLOG);
    await isEmpty();
    databoom.devices.clear();
    await restart();
    await acceptAll([current(START + 3000, { temp: 4 })]);
    await isEmpty();
    assert.deepEqual(databoom.recorded('d', 'temp'), [`${START + 3000} 4`]);
  });

  it('leaves alone what the list of signals has on any of its pages', async () => {
    const names = ['a', 'b', 'c', 'temp', 'door'];
    databoom.devices.set('d', new Map(names.map((name) => [name, { status: 'ACTIVE', values: [] }])));
    await deliverBacklog();
    assert.equal(databoom.pushes().length, 1);
    assert.deepEqual(databoom.recorded('d', 'door'), [`${START + 1000} 0`, `${START + 2000} 1`]);
    assert.equal(databoom.requests.filter(({ method }) => method === 'GET').length, 3);
  });

  it('tells once of a signal that waits for validation, and delivers all the same', async () => {
    databoom.devices.set('d', new Map([['door', { status: 'INIT', values: [] }]]));
    await deliverBacklog();
    await acceptAll([current(START + 3000, { door: 1 })]);
    await isEmpty();
    assert.equal(warnings.length, 1);
    assert.match(warnings[0] ?? '', /signal "door" of device "d".* until you validate it/);
    assert.equal(databoom.recorded('d', 'temp').length, 3);
  });

  it('goes out once, also where the rest fails after it', async () => {
    const fates: Fate[] = ['take', 'take', '503', '503', 'take'];
    databoom.fate = () => fates.shift() ?? 'take';
    await deliverBacklog();
    assert.deepEqual(databoom.recorded('d', 'temp').toSorted(), [
      `${START} 1`,
      `${START + 1000} 2`,
      `${START + 2000} 3`,
    ]);
    assert.equal(databoom.recorded('d', 'door').length, 2);
  });

  it('takes the description of a history before that of the settings', async () => {
    start();
    const values = [{ timestamp: START, value: 1 }];
    const signals = new Map([['temp', { description: 'Cellar', values }]]);
    await acceptAll([{ target: { device: 'd' }, timestamp: START, content: { kind: 'history', signals } }]);
    await isEmpty();
    assert.deepEqual(databoom.pushes(), [
      {
        device: 'd',
        date: dateOf(START),
        signals: [{ name: 'temp', value: 1, meta: { description: 'Cellar' } }],
      },
    ]);
  });

  it('has no meta and no question where the device comes from a template', async () => {
    start();
    const { timestamp, content } = current(START, { temp: 1 });
    await acceptAll([{ target: { template: 'T', unique: 'u' }, timestamp, content }]);
    await isEmpty();
    assert.equal(databoom.requests.length, 1);
    assert.doesNotMatch(databoom.requests[0]?.body.toString() ?? '', /meta/);
  });

  const FATES = ['503', '502 after it was taken', 'reset', 'reset after it was taken'] as const;

  /** Some readings of two devices, each with some of three signals, later than those before. */
  function drawReadings(random: Random, from: number): readonly Push[] {
    return Array.from({ length: random.integer(1, 12) }, (_, index) => {
      const names = ['temp', 'door', 'late'].filter(() => random.chance(0.6));
      const values = Object.fromEntries([...names, 'always'].map((name) => [name, random.integer(0, 9)]));
      return current(START + (from + index) * 1000, values, random.pick('d', 'e'));
    });
  }

  async function runLife(random: Random): Promise<readonly Push[]> {
    const accepted: Push[] = [];
    start();
    for (let phase = 0; phase < 4; phase += 1) {
      if (random.chance(0.4)) sender?.hold();
      const readings = drawReadings(random, accepted.length);
      await acceptAll(readings);
      accepted.push(...readings);
      if (random.chance(0.5)) await restart();
      sender?.resume();
      if (random.chance(0.3)) databoom.mayRead = !databoom.mayRead;
      if (random.chance(0.5)) await isEmpty();
    }
    return accepted;
  }

  for (let seed = 1; seed <= Number(process.env['FIRST_CONTACT_SEEDS'] ?? 8); seed += 1)
    it(`loses nothing through backlogs, restarts and failures, with and without Read (seed ${seed})`, async () => {
      const random = createRandom(seed);
      databoom.mayRead = random.chance(0.5);
      let faults = 30;
      databoom.fate = () => {
        faults -= 1;
        return faults > 0 && random.chance(0.4) ? random.pick(...FATES) : 'take';
      };
      const accepted = await runLife(random);
      await isEmpty();
      for (const device of ['d', 'e'])
        for (const name of ['temp', 'door', 'late', 'always'])
          assert.deepEqual(
            [...new Set(databoom.recorded(device, name))].toSorted(),
            [...new Set(expected(accepted, device, name))].toSorted(),
            `${device} ${name}`,
          );
    });
});

describe('databoom: the meta of a signal', () => {
  const field = { name: 'rain', label: '', unit: '' };

  it('has nothing but a description where nothing is said', () => {
    assert.deepEqual(metaOfSignal('rain', undefined), { description: 'rain' });
    assert.deepEqual(metaOfSignal('rain', { ...field, counter: 'none', tags: ' , ' }), {
      description: 'rain',
    });
  });

  it('has what the user says, as Databoom takes it', () => {
    const said = { label: 'Rain', unit: 'mm', type: 'pioggia', tags: 'garden, roof', counter: 'increments' };
    assert.deepEqual(metaOfSignal('rain', { ...field, ...said }), {
      description: 'Rain',
      type: 'pioggia',
      unit: 'mm',
      tags: ['garden', 'roof'],
      accumulator: { active: true, is_a_sum: true },
    });
    assert.deepEqual(metaOfSignal('rain', { ...field, counter: 'total' }).accumulator, {
      active: true,
      is_a_sum: false,
    });
  });
});
