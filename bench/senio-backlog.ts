/**
 * How fast a backlog of Senio measurements drains through `senio-publish` in a real Node-RED, against the same posts
 * sent by a function node and a core `http request` node. All go to one server, in turns, in one run.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { startNodeRed, type NodeRed } from '../test/node-red/support';
import { Arrivals } from './node-red/arrivals';
import { timeToDrain } from './node-red/draining';
import { flowOf, httpRequest, measurementPosts, sendAll, senioPublish } from './node-red/flows';
import { newest } from './node-red/newest';
import { rest } from './node-red/rest';
import { fill, measurementItem } from './outbox/filling';

/** Rates in readings per second. */
export interface BacklogRates {
  readonly publish: number;
  /** The core node as it comes, with a connection for each post. */
  readonly core: number;
  /** The core node set to keep connections alive. */
  readonly coreKeepAlive: number;
}

/** Turns that go before and do not count: a process that has just started is slower for all. */
const WARM_UPS = 2;

/**
 * Each in turn, so many times, in a Node-RED for ours and one for the core nodes.
 * @param place a folder for the data
 */
export async function measureSenioBacklog(
  place: string,
  count: number,
  turns: number,
): Promise<readonly BacklogRates[]> {
  const server = await Arrivals.start();
  const ours = await startNodeRed(newest());
  const core = await startNodeRed(newest());
  const perSecond = (milliseconds: number) => (1000 * count) / milliseconds;
  const rates: BacklogRates[] = [];
  try {
    while (rates.length < WARM_UPS + turns) {
      rates.push({
        publish: perSecond(await drainOutbox(ours, server, place, count)),
        core: perSecond(await sendWithCoreNodes(core, server, count, { persist: false })),
        coreKeepAlive: perSecond(await sendWithCoreNodes(core, server, count, { persist: true })),
      });
    }
    return rates.slice(WARM_UPS);
  } finally {
    await Promise.all([ours.stop(), core.stop()]);
    server.close();
  }
}

async function drainOutbox(
  nodeRed: NodeRed,
  server: Arrivals,
  place: string,
  count: number,
): Promise<number> {
  const store = await mkdtemp(join(place, 'backlog-'));
  await fill(join(store, 'outbox'), count, (number) => measurementItem(number, `senio ${server.publishUrl}`));
  const [publish, sensor] = senioPublish(server.url);
  await rest();
  const milliseconds = await timeToDrain(nodeRed, store, flowOf([publish], [sensor]), server.expect(count));
  await rm(store, { recursive: true });
  return milliseconds;
}

async function sendWithCoreNodes(
  nodeRed: NodeRed,
  server: Arrivals,
  count: number,
  setting: { readonly persist: boolean },
): Promise<number> {
  await nodeRed.deploy(flowOf([httpRequest('core', server.publishUrl, setting)]));
  await rest();
  return server.timeUntil(count, () => sendAll(nodeRed, 'core', measurementPosts(count)));
}
