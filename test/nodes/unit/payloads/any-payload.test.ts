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
import { PAYLOADS } from './arbitrary';
import { expectedOf, SINGLE, type Arrived, type Expected, type Settings } from './expected';

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

/** The values that a request carries, by their names. */
function valuesIn({ path, headers, body }: RecordedRequest): readonly (readonly [string, unknown])[] {
  if (path.endsWith('/push')) {
    const { signals } = JSON.parse(body.toString());
    return signals.map(({ name, value }: { name: string; value: unknown }) => [name, value]);
  }
  const [, boundary] = /boundary=(\S+)/.exec(headers['content-type'] ?? '') ?? [];
  if (boundary === undefined) return scalarsIn(body.toString());
  const parts = body.toString('latin1').split(`--${boundary}\r\n`).slice(1);
  return parts.flatMap((part) => {
    const [head = '', ...content] = part.split('\r\n\r\n');
    const [value = ''] = content.join('\r\n\r\n').split(`\r\n--${boundary}--`);
    const bytes = Buffer.from(value.replace(/\r\n$/, ''), 'latin1');
    const [, name = ''] = /name="([^"]*)"/.exec(Buffer.from(head, 'latin1').toString()) ?? [];
    return name === 'json' ? scalarsIn(bytes.toString()) : [[name, bytes] as const];
  });
}

function scalarsIn(json: string): readonly (readonly [string, unknown])[] {
  return Object.entries(JSON.parse(json).data ?? {});
}

/** Whether a message names a path, as far as it quotes names. */
function isNamed(message: string, path: string): boolean {
  const isEmpty = path.trim() === '' && message.includes('empty name');
  const quoted = JSON.stringify(path);
  const shown = [`"${path}"`, quoted, quoted.slice(0, 30)];
  return isEmpty || shown.some((each) => message.includes(each));
}

function assertArrived(requests: readonly RecordedRequest[], values: ReadonlyMap<string, Arrived>): void {
  const arrived = requests.filter(({ method }) => method === 'POST').flatMap(valuesIn);
  assert.equal(new Set(arrived.map(([name]) => name)).size, arrived.length, 'something arrived twice');
  assert.deepEqual(new Map(arrived), values);
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

  /** Gives a node a payload. @returns what came of it, once all is known */
  async function publish(flow: RunningFlow, id: string, payload: unknown) {
    sent += 1;
    const mark = sent;
    const isMine = (message: Message) => message.mark === mark;
    const before = server.requests.length;
    flow.send(id, Object.assign({ mark, timestamp: TIME }, { payload }));
    await flow.until('an output or an error', () => [...flow.results, ...flow.caught].some(isMine));
    // What the test's own record of messages is checked for could not read some payloads.
    for (const message of [...flow.caught, ...flow.completed]) Reflect.deleteProperty(message, 'payload');
    return {
      results: flow.results.filter(isMine),
      caught: flow.caught.filter(isMine),
      completed: flow.completed.filter(isMine),
      requests: server.requests.slice(before),
    };
  }

  async function check(flow: RunningFlow, payload: unknown, settings: Settings): Promise<void> {
    const expected: Expected = expectedOf(payload, settings);
    const { results, caught, completed, requests } = await publish(flow, idOf(settings), payload);
    const [{ error } = {}] = caught;
    const outcome = inspect({ expected, error: error?.message, settings }, { depth: 6 });
    const isSent = expected.type === 'sent';
    const counts = [results, completed, caught].map(({ length }) => length);
    assert.deepEqual(counts, isSent ? [1, 1, 0] : [0, 0, 1], outcome);
    if (expected.type === 'sent') {
      assertArrived(requests, expected.values);
      const leftOut: readonly { readonly field: string }[] = Reflect.get(results[0] ?? {}, 'leftOut') ?? [];
      assert.deepEqual(
        leftOut.map(({ field }) => field),
        expected.leftOut.map((path) => path.slice(0, 200)),
      );
      return;
    }
    assert.deepEqual([error?.code, requests.length], ['invalid', 0], outcome);
    const { names } = expected;
    assert(names.length === 0 || names.some((name) => isNamed(error?.message ?? '', name)), outcome);
  }

  it('publish any payload as it is, or fail with the path of the field, and never both', async () => {
    const flow = await runFlow(
      [databoomConfig, databoomPublish, senioConfig, senioPublish],
      [
        { id: 'senio', type: 'senio-config', server: 'custom', url: server.url, sensor: 'any' },
        { id: 'databoom', type: 'databoom-config', server: 'custom', url: server.url },
        ...PUBLISH,
      ],
      { senio: { key: KEY }, databoom: { token: TOKEN } },
      { httpRequestTimeout: 600_000 },
    );
    await fc.assert(
      fc.asyncProperty(PAYLOADS, fc.constantFrom(...ALL_SETTINGS), ({ payload }, settings) =>
        check(flow, payload, settings),
      ),
      { numRuns: RUNS },
    );
  });
});
