import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createUserDir, type NodeRed, type Version } from '../node-red/support';
import { haveAllArrived, checkArrivals } from './arrivals';
import { startForwarder } from './forwarding';
import { refusedListIn, refusedListOf, waitingAt, waitingIn } from './left-behind';
import { Crowd, publishingTo, startOffering } from './offering';
import type { ServiceName } from './offers';
import { ObservedService } from './service';
import { emptyVerdict, type Verdict } from './verdict';
import { dealer, gentleDealer, seeded, WAYS, type Way } from './ways';

/** What became of readings whose service failed in every way. */
export interface FailingVerdict extends Verdict {
  readonly requests: number;
  /** How many requests went each way, of both services. */
  readonly ways: ReadonlyMap<Way, number>;
  /** How many readings the service refused, each alone. */
  readonly refusals: number;
  /** What the publisher said of its failures, and how often; empty where it does not say. */
  readonly failures: ReadonlyMap<string, number>;
}

/** Each way comes up once in some dozens of offers. */
const MOST_OFFERS = 1000;

const SEED = 20_261_121;

function startFailing(
  newDealer: typeof dealer,
  awayMs: number,
  isWrong: (id: number) => boolean,
): Promise<ObservedService> {
  const random = seeded(SEED);
  const deals = { senio: newDealer(random), databoom: newDealer(random) };
  return ObservedService.start({
    choose: (service) => deals[service](),
    turnsAway: ({ ids }) => (ids.some(isWrong) ? 400 : undefined),
    awayMs,
  });
}

/** Has a process of the package's rooms publish so many readings to a service that fails 30 of 100 requests. */
export async function runFailingService(
  count: number,
  tell: (handled: number) => void = () => {},
): Promise<FailingVerdict> {
  const place = await mkdtemp(join(tmpdir(), 'failing-service-'));
  const folder = join(place, 'outbox');
  const service = await startFailing(dealer, 30, (id) => id % 97 === 0 || id % 97 === 50);
  const forwarder = startForwarder(join(place, 'log'), {
    folder,
    server: service.url,
    count,
    timeoutMs: 500,
  });
  const telling = setInterval(() => tell(service.deliveries.size + service.refused.size), 5000);
  const verdict = emptyVerdict();
  try {
    const offered = new Set(Array.from({ length: count }, (_, index) => index + 1));
    if (!(await haveAllArrived(service, offered))) verdict.stuck += 1;
    await forwarder.end('SIGTERM');
    const { accepted, failures } = forwarder.said();
    const left = { refusedList: await refusedListOf(folder), waiting: await waitingAt(folder) };
    checkArrivals(
      { service, offers: { offered, accepted }, ...left, endOfLife: 'killed after the answer' },
      verdict,
    );
    return withWays(verdict, service, failures);
  } finally {
    clearInterval(telling);
    await forwarder.end('SIGKILL');
    await service.leave();
    await rm(place, { recursive: true, force: true });
  }
}

/** Has a Node-RED publish to a service that fails until each way has had its turn, for each of the services. */
export async function runNodeRedFailingService(version: Version): Promise<FailingVerdict> {
  const userDir = await createUserDir();
  // Away for longer than the first pause of a sender: its next try finds nobody.
  const service = await startFailing(gentleDealer, 1200, (id) => id % 20 === 3 || id % 20 === 14);
  const crowd = new Crowd();
  const verdict = emptyVerdict();
  let nodeRed: NodeRed | undefined;
  try {
    nodeRed = await startOffering(version, publishingTo(service.url), {
      userDir,
      settings: 'httpRequestTimeout: 500,',
    });
    const offerings = [offerThroughAll(nodeRed, 'senio'), offerThroughAll(nodeRed, 'databoom')];
    if ((await Promise.all(offerings)).includes(false)) verdict.stuck += 1;
    await nodeRed.end('SIGINT');
    const left = { refusedList: await refusedListIn(userDir), waiting: await waitingIn(userDir) };
    checkArrivals({ service, offers: crowd, ...left, endOfLife: 'killed after the answer' }, verdict);
    return withWays(verdict, service, new Map());
  } finally {
    await nodeRed?.end('SIGKILL');
    await service.leave();
    await rm(userDir, { recursive: true, force: true });
  }

  /** One reading at a time, so that each of them meets a way of its own; false where one does not get through. */
  async function offerThroughAll(node: NodeRed, name: ServiceName): Promise<boolean> {
    const haveAllComeUp = () =>
      service.gone[name].size === WAYS.size && [...service.refused].some((id) => serviceOf(id) === name);
    for (let offers = 0; offers < MOST_OFFERS; offers += 1) {
      if (haveAllComeUp()) return true;
      const id = await crowd.offer(node, name);
      if (id === undefined || !(await haveAllArrived(service, [id]))) return false;
    }
    throw new Error(`Not all ways came up in ${MOST_OFFERS} offers to ${name}`);
  }
}

const serviceOf = (id: number): ServiceName => (id % 2 === 0 ? 'senio' : 'databoom');

function withWays(
  verdict: Verdict,
  { gone, refused }: ObservedService,
  failures: ReadonlyMap<string, number>,
): FailingVerdict {
  const ways = new Map<Way, number>();
  for (const counts of Object.values(gone))
    for (const [way, count] of counts) ways.set(way, (ways.get(way) ?? 0) + count);
  const all = [...ways.values()];
  const faults = all.reduce((sum, count) => sum + count, 0) - (ways.get('take') ?? 0);
  return {
    ...verdict,
    faults,
    requests: all.reduce((sum, count) => sum + count, 0),
    ways,
    refusals: refused.size,
    failures,
  };
}
