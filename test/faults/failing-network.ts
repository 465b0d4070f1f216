import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Certificate } from '../support/certificates';
import { checkArrivals, haveAllArrived } from './arrivals';
import { startForwarder } from './forwarding';
import { refusedListOf } from './left-behind';
import { FaultyNetwork } from './network';
import { ObservedService } from './service';
import { emptyVerdict, type Verdict } from './verdict';

/** What became of readings that went through a network that fails. */
export interface NetworkVerdict extends Verdict {
  /** How often each fault happened. */
  readonly happened: ReadonlyMap<string, number>;
  /** How many answers got through on connections whose handshake was slow. */
  readonly slowThatWorked: number;
  /** What the publisher said of its failures, and how often. */
  readonly failures: ReadonlyMap<string, number>;
}

/** How long the publisher waits for an answer, the handshake included, in milliseconds. */
const PATIENCE_MS = 7000;

/** An answer that comes later than this may be lost on a publisher that is busy. */
const IN_TIME_MS = 4000;

const SEED = 20_261_125;

/**
 * Has a process of the package's rooms publish so many readings over connections that break in every way.
 * @param certificate with it they are TLS
 */
export async function runFailingNetwork(
  count: number,
  certificate?: Certificate,
  tell: (handled: number) => void = () => {},
): Promise<NetworkVerdict> {
  const place = await mkdtemp(join(tmpdir(), 'failing-network-'));
  const folder = join(place, 'outbox');
  const service = await ObservedService.start();
  const tls = certificate && { certificate };
  const network = await FaultyNetwork.start({
    seed: SEED,
    port: service.port,
    inTimeMs: IN_TIME_MS,
    ...tls,
  });
  const forwarder = startForwarder(join(place, 'log'), {
    folder,
    server: network.url,
    count,
    timeoutMs: PATIENCE_MS,
    ...(certificate && { ca: certificate.cert }),
  });
  const telling = setInterval(() => tell(service.deliveries.size), 5000);
  const verdict = emptyVerdict();
  try {
    const offered = new Set(Array.from({ length: count }, (_, index) => index + 1));
    if (!(await haveAllArrived(service, offered))) verdict.stuck += 1;
    await forwarder.end('SIGTERM');
    const { accepted, failures } = forwarder.said();
    const refusedList = await refusedListOf(folder);
    checkArrivals(
      {
        service,
        offers: { offered, accepted },
        refusedList,
        endOfLife: 'killed after the answer',
        hasPassed: (answer) => network.hasPassed(answer),
      },
      verdict,
    );
    const { happened, slowThatWorked } = network;
    const faults = [...happened.values()].reduce((sum, times) => sum + times, 0);
    return { ...verdict, faults, happened, slowThatWorked, failures };
  } finally {
    clearInterval(telling);
    await forwarder.end('SIGKILL');
    await network.close();
    await service.leave();
    await rm(place, { recursive: true, force: true });
  }
}
