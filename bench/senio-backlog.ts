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
import { fill, measurementItem } from './outbox/filling';

/** Rates in readings per second. */
export interface BacklogRates {
  readonly publish: number;
  /** The core node as it comes, with a connection for each post. */
  readonly core: number;
  /** The core node set to keep connections alive. */
  readonly coreKeepAlive: number;
}

/**
 * Each in turn, so many times, in one Node-RED that goes on: a process that has just started is slower for all.
 * @param place a folder for the data
 */
export async function measureSenioBacklog(
  place: string,
  count: number,
  turns: number,
): Promise<readonly BacklogRates[]> {
  const server = await Arrivals.start();
  const nodeRed = await startNodeRed(newest());
  const perSecond = (milliseconds: number) => (1000 * count) / milliseconds;
  const rates: BacklogRates[] = [];
  try {
    while (rates.length < turns) {
      rates.push({
        publish: perSecond(await drainOutbox(nodeRed, server, place, count)),
        core: perSecond(await sendWithCoreNodes(nodeRed, server, count, { persist: false })),
        coreKeepAlive: perSecond(await sendWithCoreNodes(nodeRed, server, count, { persist: true })),
      });
    }
    return rates;
  } finally {
    await nodeRed.stop();
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
  return server.timeUntil(count, () => sendAll(nodeRed, 'core', measurementPosts(count)));
}
