import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pushCodec, type Push } from '../../src/databoom';
import { createSender, type Codec, type SenderState } from '../../src/delivery';
import { openOutbox, type KeptItem, type Outbox, type OutboxQueue, type Outcome } from '../../src/outbox';
import { success } from '../../src/result';
import { value } from '../outbox/support';
import { HOUR_MS, type DevicePlan, type Plan } from './plan';
import { createRandom } from '../support/random';
import { SimulatedService, type Arrival, type Request } from './service';
import { VirtualClock } from './virtual-clock';

const START = Date.UTC(2026, 4, 1, 12);
const QUEUE = 'databoom https://api.example.com';
const TOKEN = 'token-of-a';

/** A reading that the sender accepted. */
export interface AcceptedReading {
  readonly device: string;
  readonly timestamp: number;
  readonly value: number;
  /** In milliseconds since the start. */
  readonly at: number;
}

/** All that can be seen of a simulation from outside. */
export interface Observed {
  readonly plan: Plan;
  readonly start: number;
  readonly token: string;
  readonly accepted: readonly AcceptedReading[];
  readonly arrivals: readonly Arrival[];
  readonly requests: readonly Request[];
  /** Timestamps of the readings on the refused list at the end. */
  readonly refused: readonly number[];
  /** The most items that were leased at the same time. */
  readonly mostLeased: number;
  readonly state: SenderState;
  readonly service: SimulatedService;
}

/** How long the sender has at the end: every pause of a lane or of the circuit ends well within. */
const TAIL_MS = 2 * HOUR_MS;

/** Keeps pushes in lanes as `pushCodec` does, and sends each alone, as measurements of several Senio sensors are. */
export const UNMERGED: Codec<Push> = { ...pushCodec, merge: undefined };

/** Runs the real sender, outbox and codec against a simulated service, in virtual time. */
export async function simulate(plan: Plan, seed: number, codec = pushCodec): Promise<Observed> {
  const clock = new VirtualClock(START);
  const random = createRandom(seed);
  const folder = await mkdtemp(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'lanes-'));
  const outbox = openOutbox({ folder, now: clock.now, isClockSet: () => true, report: () => {} });
  const watched = watchOutbox(outbox, clock);
  const phases = new Map(plan.devices.map((device) => [device.name, device.phases]));
  const service = new SimulatedService({
    clock,
    phasesOf: (device) => phases.get(device) ?? [],
    outages: plan.outages,
  });
  const sender = createSender<Push>({
    outbox: watched.outbox,
    destination: QUEUE,
    transport: success(service.transport(TOKEN)),
    codec,
    clock,
    random: random.next,
    events: { delivered: () => {}, refused: () => {}, dropped: () => {}, changed: () => {} },
  });
  const accepted: AcceptedReading[] = [];
  for (const [at, readings] of readingsOf(plan)) {
    await clock.passUntil(at);
    const kept = readings.map((reading) => value(sender.accept(pushOf(reading), '{}')));
    await Promise.all(kept);
    accepted.push(...readings);
  }
  await clock.passUntil(plan.durationMs + TAIL_MS);
  const state = sender.state();
  const refused = await value(outbox.refused.list(QUEUE, { count: 1000 }));
  const closed = sender.close();
  await clock.passUntil(plan.durationMs + TAIL_MS + 10_000);
  await closed;
  await outbox.close();
  await rm(folder, { recursive: true, force: true });
  return {
    plan,
    start: START,
    token: TOKEN,
    accepted,
    arrivals: service.arrivals,
    requests: service.requests,
    refused: refused.map(({ timestamp }) => timestamp),
    mostLeased: watched.mostLeased(),
    state,
    service,
  };
}

/** All readings of a plan in the order of time, those of one moment together. */
function readingsOf({ devices, durationMs }: Plan): readonly (readonly [number, AcceptedReading[]])[] {
  const moments = new Map<number, AcceptedReading[]>();
  for (const [index, device] of devices.entries())
    for (const reading of readingsOfDevice(device, index, durationMs)) {
      const moment = moments.get(reading.at) ?? [];
      moments.set(reading.at, moment);
      moment.push(reading);
    }
  return [...moments].toSorted(([a], [b]) => a - b);
}

/** Each reading has a time of its own among all devices, so that it is known by it; its value is its number. */
function readingsOfDevice(device: DevicePlan, index: number, durationMs: number): AcceptedReading[] {
  const readings: AcceptedReading[] = [];
  for (let at = device.firstAt, number = 1; at < durationMs; at += device.intervalMs, number += 1)
    readings.push({ device: device.name, timestamp: START + at + index, value: number, at });
  return readings;
}

function pushOf({ device, timestamp, value: number }: AcceptedReading): Push {
  return { target: { device }, timestamp, content: { kind: 'current', signals: new Map([['t', number]]) } };
}

/** An outbox of which it is known what is leased. */
interface WatchedOutbox {
  readonly outbox: OutboxQueue;
  readonly mostLeased: () => number;
}

/** The same outbox, with its leases counted, and for whose answers the clock stands. */
function watchOutbox(outbox: Outbox, clock: VirtualClock): WatchedOutbox {
  const queue = clock.calls.queueOf(outbox);
  const leased = new Set<number>();
  let most = 0;
  const forget = (ids: readonly number[]) => {
    for (const id of ids) leased.delete(id);
  };
  const note = async (found: Outcome<readonly KeptItem[]>) => {
    const items = await found;
    if (items.ok) for (const { id } of items.value) leased.add(id);
    most = Math.max(most, leased.size);
    return items;
  };
  const watched: OutboxQueue = {
    ...queue,
    lease: (destination, limits) => note(queue.lease(destination, limits)),
    leaseLane: (destination, limits) => note(queue.leaseLane(destination, limits)),
    acknowledge: (ids) => {
      forget(ids);
      return queue.acknowledge(ids);
    },
    release: (ids) => {
      forget(ids);
      return queue.release(ids);
    },
    releaseSent: (items) => {
      forget(items.map(({ id }) => id));
      return queue.releaseSent(items);
    },
    refuse: (ids, reason) => {
      forget(ids);
      return queue.refuse(ids, reason);
    },
  };
  return { outbox: watched, mostLeased: () => most };
}
