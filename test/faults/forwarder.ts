/**
 * A process that publishes readings as the nodes do, without Node-RED and with less patience, so that many failures
 * take little time. It says on standard output (a file), a line each: `a ID` accepted, `f KIND DETAIL` a delivery
 * failed; on SIGTERM it closes everything and ends.
 *
 * Argument: its options, see forwarding.ts, as JSON.
 */
import { writeSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { presentAt } from '../../src/clock';
import { openDataboomAccount, parsePush, pushCodec } from '../../src/databoom';
import { createSender, type Codec, type Sender, type Policy, type Transport } from '../../src/delivery';
import { createHttpClient } from '../../src/http';
import { openOutbox, type Outcome } from '../../src/outbox';
import { success, type Failure, type Result } from '../../src/result';
import { measurementCodec, openSenioSensor, parseMeasurement } from '../../src/senio';
import type { ForwarderOptions } from './forwarding';
import { offerOf, SENSOR } from './offers';

const options: ForwarderOptions = JSON.parse(process.argv[2] ?? '');
const { folder, server, count, timeoutMs, ca } = options;
const MOST_WAITING = 2000;
const ACCEPTING_AT_ONCE = 32;
const POLICY: Partial<Policy> = {
  backoffBaseMs: 4,
  backoffCapMs: 100,
  laneBaseMs: 4,
  laneCapMs: 100,
  pausedMs: 100,
  // Small, so that there are many requests.
  batch: { count: 15, bytes: 1_000_000 },
};

const say = (line: string) => writeSync(1, `${line}\n`);
const report = ({ kind, message }: Failure<string>) => say(`! ${kind} ${message}`);
const tls = ca === undefined ? {} : { tls: { ca } };
const http = createHttpClient({ baseTimeoutMs: timeoutMs, now: Date.now, ...tls });
const outbox = openOutbox({ folder, now: Date.now, isClockSet: () => true, report });
const load = { waiting: 0 };

const senio = openSender(
  'senio',
  measurementCodec,
  valueOf(openSenioSensor({ server, name: SENSOR, key: 'key' }, http)),
);
const databoom = openSender(
  'databoom',
  pushCodec,
  valueOf(openDataboomAccount({ server, token: 'token' }, http)),
);

function openSender<Item extends object>(
  destination: string,
  codec: Codec<Item>,
  transport: Transport<Item>,
): Sender<Item> {
  return createSender({
    outbox,
    destination,
    codec,
    transport: success(telling(transport)),
    policy: POLICY,
    events: {
      delivered: countHandled,
      refused: countHandled,
      dropped: ({ id }) => say(`! dropped ${id}`),
      changed: () => {},
    },
  });
}

function countHandled(): void {
  load.waiting -= 1;
}

/** The transport, which says how each delivery fails. */
function telling<Item>(transport: Transport<Item>): Transport<Item> {
  return {
    async deliver(item, signal) {
      const result = await transport.deliver(item, signal);
      if (!result.ok) {
        const { kind, statusCode, message } = result.failure;
        say(`f ${kind} ${statusCode ?? /\((E[A-Z]+)\)/.exec(message)?.[1] ?? ''}`);
      }
      return result;
    },
  };
}

function accept(id: number): Outcome<number> {
  const { service, timestamp, data, device = '', picture } = offerOf(id);
  const origin = String(id);
  if (service === 'databoom') {
    const input = { payload: data, timestamp, signal: '', target: { device } };
    return databoom.accept(valueOf(parsePush(input, presentAt(Date.now()))), origin);
  }
  const payload = picture ? { ...data, picture } : data;
  return senio.accept(
    valueOf(parseMeasurement({ payload, timestamp, field: '' }, presentAt(Date.now()))),
    origin,
  );
}

let next = 1;

async function acceptAll(): Promise<void> {
  while (next <= count) {
    const id = next;
    next += 1;
    while (load.waiting > MOST_WAITING) await wait(5);
    load.waiting += 1;
    valueOf(await accept(id));
    say(`a ${id}`);
  }
}

function valueOf<Value>(result: Result<Value, Failure<string>>): Value {
  if (!result.ok) throw new Error(result.failure.message);
  return result.value;
}

async function end(): Promise<void> {
  await Promise.all([senio.close(), databoom.close()]);
  http.close();
  await outbox.close();
}

process.once('SIGTERM', () => void end());
for (let index = 0; index < ACCEPTING_AT_ONCE; index += 1) void acceptAll();
