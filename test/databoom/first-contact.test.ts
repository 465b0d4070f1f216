import assert from 'node:assert/strict';
import {
  metaOfSignal,
  openDataboomAccount,
  type DataboomTarget,
  type Push,
  type SignalDescription,
} from '../../src/databoom';
import type { Sender, Transport } from '../../src/delivery';
import { createHttpClient, type HttpClient } from '../../src/http';
import { testOutbox, value, START, type TestOutbox } from '../outbox/support';
import { createRandom, type Random } from '../support/random';
import { valueOf } from '../support/results';
import { until } from '../support/waiting';
import { openTransport, QUEUE, startSender, TOKEN } from './account-sender';
import { startDataboom, type Fate, type Permission, type SimulatedDataboom } from './simulated-databoom';

const dateOf = (timestamp: number) => new Date(timestamp).toISOString().replace('Z', '+0000');

const current = (
  timestamp: number,
  values: Readonly<Record<string, number>>,
  target: DataboomTarget = { device: 'd' },
): Push => ({
  target,
  timestamp,
  content: { kind: 'current', signals: new Map(Object.entries(values)) },
});

const deviceOf = (target: DataboomTarget) =>
  'device' in target ? target.device : `${target.template}-${target.unique}`;

/** What is to be recorded of a signal. */
const expected = (pushes: readonly Push[], device: string, name: string) =>
  pushes.flatMap(({ target, timestamp, content }) => {
    const read = content.kind === 'current' ? content.signals.get(name) : undefined;
    return deviceOf(target) === device && read !== undefined ? [`${timestamp} ${read}`] : [];
  });

describe('databoom: the first contact of a signal', () => {
  let databoom: SimulatedDataboom;
  let http: HttpClient;
  let test: TestOutbox;
  let sender: Sender<Push> | undefined;
  let warnings: string[];
  let refused: string[];

  beforeEach(async () => {
    databoom = await startDataboom();
    http = createHttpClient({ baseTimeoutMs: 60_000, now: Date.now });
    test = await testOutbox();
    warnings = [];
    refused = [];
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
  const transport = (described?: readonly SignalDescription[]): Transport<Push> =>
    openTransport({
      outbox: test.outbox,
      url: databoom.url,
      http,
      warn: (text) => warnings.push(text),
      ...(described ? { described } : {}),
    });

  function start(given = transport()): Sender<Push> {
    sender = startSender(test.outbox, given, {
      refused: (_item, { message }) => void refused.push(message),
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
    databoom.permissions.delete('Read');
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
    databoom.permissions.add('Create');
    start();
    const { timestamp, content } = current(START, { temp: 1 });
    await acceptAll([{ target: { template: 'T', unique: 'u' }, timestamp, content }]);
    await isEmpty();
    assert.equal(databoom.requests.length, 1);
    assert.doesNotMatch(databoom.requests[0]?.body.toString() ?? '', /meta/);
  });

  it('counts each page of the list and each of its pushes in the limit of requests', async () => {
    const names = ['a', 'b', 'c'];
    databoom.devices.set('other', new Map(names.map((name) => [name, { status: 'ACTIVE', values: [] }])));
    let asked = 0;
    const nextRequest = () => {
      asked += 1;
      return Promise.resolve();
    };
    const [first, second, third] = [0, 1, 9].map((at) => ({ timestamp: START + at, value: 1 }));
    assert(first && second && third);
    const signals = new Map([
      ['temp', { values: [first, third] }],
      ['door', { values: [second] }],
    ]);
    const push: Push = { target: { device: 'd' }, timestamp: START, content: { kind: 'history', signals } };
    valueOf(await transport().deliver(push, new AbortController().signal, nextRequest));
    assert.deepEqual([databoom.requests.length, asked], [5, 5]);
  });

  it('tells where what the user says of a signal may be why it is refused, and goes on once it is put right', async () => {
    const described = [
      { name: 'temp', label: '', unit: '°C', type: 'heat' },
      { name: 'door', label: 'Door', unit: '' },
    ];
    start(transport(described));
    await acceptAll([current(START, { temp: 1, door: 1 })]);
    await until('a refusal', () => refused.length > 0);
    assert.match(
      refused[0] ?? '',
      /answered 422.*It was the first push of "temp" \(type, unit\), with what the config node's list of signals says of it: is that right\? A type has to be/,
    );
    assert.doesNotMatch(refused[0] ?? '', /door/);
    databoom.types.add('temperatura');
    await sender?.close();
    start(transport(described.map((each) => ('type' in each ? { ...each, type: 'temperatura' } : each))));
    assert.equal(await value(test.outbox.refused.retryAll(QUEUE)), 1);
    sender?.look();
    await isEmpty();
    assert.deepEqual(databoom.recorded('d', 'temp'), [`${START} 1`]);
  });

  const FATES = ['503', '502 after it was taken', 'reset', 'reset after it was taken'] as const;
  const SILENCES = ['silence', 'silence after it was taken'] as const;

  const TARGETS = [{ device: 'd' }, { device: 'e' }, { template: 'T', unique: 'u 1' }] as const;
  const TEMPLATE = ['temp', 'door'];

  /** Some readings of three devices, each with some of three signals, later than those before. */
  function drawReadings(random: Random, from: number): readonly Push[] {
    return Array.from({ length: random.integer(1, 12) }, (_, index) => {
      const names = ['temp', 'door', 'late'].filter(() => random.chance(0.6));
      const values = Object.fromEntries([...names, 'always'].map((name) => [name, random.integer(0, 9)]));
      return current(START + (from + index) * 1000, values, random.pick<DataboomTarget>(...TARGETS));
    });
  }

  function toggle(permission: Permission): void {
    if (!databoom.permissions.delete(permission)) databoom.permissions.add(permission);
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
      for (const permission of ['Read', 'Publish', 'Create'] as const)
        if (random.chance(0.3)) toggle(permission);
      const mayPush = databoom.permissions.has('Publish') && databoom.permissions.has('Create');
      if (mayPush && random.chance(0.5)) await isEmpty();
    }
    return accepted;
  }

  /** Draws what becomes of each push: silences are few, because each takes its time. */
  function drawFates(random: Random): () => Fate {
    let faults = 30;
    let silences = 2;
    return () => {
      faults -= 1;
      if (faults <= 0 || !random.chance(0.4)) return 'take';
      if (silences === 0 || !random.chance(0.2)) return random.pick(...FATES);
      silences -= 1;
      return random.pick(...SILENCES);
    };
  }

  for (let seed = 1; seed <= Number(process.env['FIRST_CONTACT_SEEDS'] ?? 8); seed += 1)
    it(`loses nothing through backlogs, restarts and failures, whatever the token may do (seed ${seed})`, async () => {
      const random = createRandom(seed);
      http.close();
      http = createHttpClient({ baseTimeoutMs: 1000, now: Date.now });
      databoom.templates.set('T', TEMPLATE);
      databoom.permissions.add('Create');
      if (random.chance(0.5)) databoom.permissions.delete('Read');
      databoom.fate = drawFates(random);
      const accepted = await runLife(random);
      databoom.permissions.add('Publish').add('Create');
      await isEmpty();
      for (const target of TARGETS)
        for (const name of ['temp', 'door', 'late', 'always']) {
          const device = deviceOf(target);
          // What a template does not have waits for its user.
          const isRecorded = 'device' in target || TEMPLATE.includes(name);
          assert.deepEqual(
            [...new Set(databoom.recorded(device, name))].toSorted(),
            isRecorded ? [...new Set(expected(accepted, device, name))].toSorted() : [],
            `${device} ${name}`,
          );
        }
      assert.deepEqual(refused, []);
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
