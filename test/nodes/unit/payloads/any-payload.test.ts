/**
 * Any value as a payload of a running publish node, with all settings: what the node does is compared with expected.ts,
 * and what it sends with what a server gets.
 */
import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import * as fc from 'fast-check';
import databoomConfig = require('../../../../src/nodes/databoom-config');
import databoomPublish = require('../../../../src/nodes/databoom-publish');
import senioConfig = require('../../../../src/nodes/senio-config');
import senioPublish = require('../../../../src/nodes/senio-publish');
import { answerWith, RecordingServer, type RecordedRequest } from '../../../support/recording-server';
import {
  KEY,
  onTab,
  runFlow,
  TOKEN,
  useHelper,
  type FlowNode,
  type Message,
  type RunningFlow,
} from '../support';
import { LISTS, PAYLOADS } from './arbitrary';
import { expectedOf, expectedOfList, SINGLE, type Arrived, type Settings } from './expected';

const RUNS = Number(process.env['PAYLOADS'] ?? 250);
const TIME = Date.now() - 60_000;

const BOTH = [false, true];
const ALL_SETTINGS: readonly Settings[] = (['senio', 'databoom'] as const).flatMap((service) =>
  (['error', 'leftOut'] as const).flatMap((unsendable) =>
    BOTH.flatMap((nested) =>
      (service === 'senio' ? [false] : BOTH).map((keepText) => ({ service, unsendable, nested, keepText })),
    ),
  ),
);
const idOf = (settings: Settings) => Object.values(settings).join(' ');

const PUBLISH = ALL_SETTINGS.map((settings): FlowNode => {
  const own = settings.service === 'senio' ? { field: SINGLE } : { signal: SINGLE, device: idOf(settings) };
  const { service, ...options } = settings;
  return onTab({ id: idOf(settings), type: `${service}-publish`, config: service, ...own, ...options });
});

/** A value as it arrives: of which time, in milliseconds since 1970, and which field. */
type Received = readonly [time: number, name: string, value: unknown];

/** The values that a request carries. */
function valuesIn({ path, headers, body }: RecordedRequest): readonly Received[] {
  if (path.endsWith('/push')) return valuesOfPush(JSON.parse(body.toString()));
  const [, boundary] = /boundary=(\S+)/.exec(headers['content-type'] ?? '') ?? [];
  if (boundary === undefined) return scalarsIn(JSON.parse(body.toString()));
  const parts = body
    .toString('latin1')
    .split(`--${boundary}\r\n`)
    .slice(1)
    .map((part) => partOf(part, boundary));
  const json: Scalars = JSON.parse(String(parts.find(({ name }) => name === 'json')?.bytes));
  const pictures = parts.filter(({ name }) => name !== 'json');
  return [...scalarsIn(json), ...pictures.map(({ name, bytes }): Received => [json.timestamp, name, bytes])];
}

interface Scalars {
  readonly timestamp: number;
  readonly data?: Readonly<Record<string, unknown>>;
}

function scalarsIn({ timestamp, data = {} }: Scalars): readonly Received[] {
  return Object.entries(data).map(([name, value]) => [timestamp, name, value]);
}

function partOf(part: string, boundary: string): { readonly name: string; readonly bytes: Buffer } {
  const [head = '', ...content] = part.split('\r\n\r\n');
  const [value = ''] = content.join('\r\n\r\n').split(`\r\n--${boundary}--`);
  const [, name = ''] = /name="([^"]*)"/.exec(Buffer.from(head, 'latin1').toString()) ?? [];
  return { name, bytes: Buffer.from(value.replace(/\r\n$/, ''), 'latin1') };
}

type CurrentSignals = readonly { readonly name: string; readonly value: unknown }[];
type HistorySignals = Readonly<Record<string, { readonly history: readonly HistoryItem[] }>>;

interface HistoryItem {
  readonly date: string;
  readonly value: unknown;
}

interface PushBody {
  readonly date: string;
  readonly signals: CurrentSignals | HistorySignals;
}

function valuesOfPush({ date, signals }: PushBody): readonly Received[] {
  if (isCurrent(signals)) return signals.map(({ name, value }) => [readDate(date), name, value]);
  return Object.entries(signals).flatMap(([name, { history }]) =>
    history.map((item): Received => [readDate(item.date), name, item.value]),
  );
}

function readDate(text: string): number {
  return Date.parse(text.replace('+0000', 'Z'));
}

function isCurrent(signals: PushBody['signals']): signals is CurrentSignals {
  return Array.isArray(signals);
}

/** Whether a message names a path, as far as it quotes names. */
function isNamed(message: string, path: string): boolean {
  const isEmpty = path.trim() === '' && message.includes('empty name');
  const quoted = JSON.stringify(path);
  const shown = [`"${path}"`, quoted, quoted.slice(0, 30)];
  return isEmpty || shown.some((each) => message.includes(each));
}

/** Checks that the values of each time arrived, each once. */
function assertArrived(
  requests: readonly RecordedRequest[],
  expected: readonly (readonly [time: number, values: ReadonlyMap<string, Arrived>])[],
): void {
  const arrived = requests.filter(({ method }) => method === 'POST').flatMap(valuesIn);
  const count = expected.reduce((sum, [, values]) => sum + values.size, 0);
  assert.equal(arrived.length, count);
  for (const [time, values] of expected) {
    const ofTime = arrived.filter(([at]) => at === time).map(([, name, value]) => [name, value] as const);
    assert.deepEqual(new Map(ofTime), values);
  }
}

/** Checks what the outputs tell of fields that were left out; of many, they tell as many as fit. */
function assertLeftOut(results: readonly Message[], expected: readonly string[]): void {
  const told = results.flatMap(
    (result): readonly { readonly field: string }[] => Reflect.get(result, 'leftOut') ?? [],
  );
  const fields = told.map(({ field }) => field);
  if (fields.includes('…')) return;
  assert.deepEqual(inOrder(fields), inOrder(expected));
}

function inOrder(names: readonly string[]): readonly string[] {
  return names.map((name) => name.slice(0, 200)).toSorted((one, other) => (one < other ? -1 : 1));
}

/** When the measurements of a list were taken. */
function timeInList(index: number): number {
  return TIME + index * 1000;
}

describe('publish nodes that run', () => {
  useHelper();

  let server: RecordingServer;
  before(async () => {
    const senio = answerWith(201, '{"timestamp":1,"data":{}}', { 'Content-Type': 'application/json' });
    const databoom = answerWith(200, '{"message":"ALL_INFO_PROCESSED"}', {
      'Content-Type': 'application/json',
    });
    server = await RecordingServer.start((request, response) =>
      (request.path.startsWith('/v1/') ? databoom : senio)(request, response),
    );
  });
  after(() => server.close());

  let sent = 0;

  /** Gives a node a payload. @returns what came of it, once there are so many outputs, or an error */
  async function publish(flow: RunningFlow, id: string, payload: unknown, outputs: number) {
    sent += 1;
    const mark = sent;
    const mine = (list: readonly Message[]) => list.filter((message) => message.mark === mark);
    const before = server.requests.length;
    flow.send(id, Object.assign({ mark, timestamp: TIME }, { payload }));
    await flow.until(
      `${outputs} outputs or an error`,
      () => mine(flow.results).length >= outputs || mine(flow.caught).length > 0,
    );
    // What the test's own record of messages is checked for could not read some payloads.
    for (const message of [...flow.caught, ...flow.completed]) Reflect.deleteProperty(message, 'payload');
    return {
      results: mine(flow.results),
      caught: mine(flow.caught),
      completed: mine(flow.completed),
      requests: server.requests.slice(before),
    };
  }

  async function check(flow: RunningFlow, payload: unknown, settings: Settings): Promise<void> {
    const expected = expectedOf(payload, settings);
    const { results, caught, completed, requests } = await publish(flow, idOf(settings), payload, 1);
    const [{ error } = {}] = caught;
    const outcome = inspect({ expected, error: error?.message, settings }, { depth: 6 });
    const counts = [results, completed, caught].map(({ length }) => length);
    assert.deepEqual(counts, expected.type === 'sent' ? [1, 1, 0] : [0, 0, 1], outcome);
    if (expected.type === 'sent') {
      assertArrived(requests, [[TIME, expected.values]]);
      assertLeftOut(results, expected.leftOut);
      return;
    }
    assert.deepEqual([error?.code, requests.length], ['invalid', 0], outcome);
    const { names } = expected;
    assert(names.length === 0 || names.some((name) => isNamed(error?.message ?? '', name)), outcome);
  }

  async function checkList(flow: RunningFlow, list: readonly unknown[], settings: Settings): Promise<void> {
    const expected = expectedOfList(list, settings);
    const payload = list.map((data, index) => ({ timestamp: timeInList(index), data }));
    const readings = expected.type === 'sent' ? expected.values.filter(({ size }) => size > 0).length : 0;
    // To Databoom, a list is one history.
    const outputs = settings.service === 'databoom' ? Math.min(readings, 1) : readings;
    const { results, caught, completed, requests } = await publish(
      flow,
      idOf(settings),
      payload,
      outputs || 1,
    );
    const outcome = inspect({ expected, caught: caught.map(({ error }) => error), settings }, { depth: 6 });
    const counts = [results, completed, caught].map(({ length }) => length);
    assert.deepEqual(counts, expected.type === 'sent' ? [outputs, 1, 0] : [0, 0, 1], outcome);
    if (expected.type === 'error') {
      assert.deepEqual([caught[0]?.error?.code, requests.length], ['invalid', 0], outcome);
      return;
    }
    assertArrived(
      requests,
      expected.values.map((values, index) => [timeInList(index), values] as const),
    );
    assertLeftOut(results, expected.leftOut);
  }

  const start = () =>
    runFlow(
      [databoomConfig, databoomPublish, senioConfig, senioPublish],
      [
        { id: 'senio', type: 'senio-config', server: 'custom', url: server.url, sensor: 'any' },
        { id: 'databoom', type: 'databoom-config', server: 'custom', url: server.url },
        ...PUBLISH,
      ],
      { senio: { key: KEY }, databoom: { token: TOKEN } },
      { httpRequestTimeout: 600_000 },
    );
  const settings = fc.constantFrom(...ALL_SETTINGS);

  it('publish any payload as it is, or fail with the path of the field, and never both', async () => {
    const flow = await start();
    await fc.assert(
      fc.asyncProperty(PAYLOADS, settings, ({ payload }, drawn) => check(flow, payload, drawn)),
      { numRuns: RUNS },
    );
  });

  it('publish any list of measurements with the time of each, or nothing of it', async () => {
    const flow = await start();
    await fc.assert(
      fc.asyncProperty(LISTS, settings, ({ payload }, drawn) => checkList(flow, payload, drawn)),
      { numRuns: RUNS },
    );
  });
});
