/**
 * Two config nodes of one Senio sensor, one of which has an old key, and two of one Databoom server with different
 * tokens, which are named and renamed while their readings wait, in a Node-RED that is killed again and again.
 */
import { rm } from 'node:fs/promises';
import { createUserDir, type FlowNode, type NodeRed, type Version } from '../node-red/support';
import { checkArrivals, haveAllArrived } from './arrivals';
import { refusedListIn } from './left-behind';
import { BEGIN, SENSOR, type Offer } from './offers';
import {
  Crowd,
  DEVICE_OF_MESSAGE,
  offeringFlow,
  startInFolder,
  startOffering,
  type Publishing,
} from './offering';
import { ObservedService, type Carried } from './service';
import { countTrouble, emptyVerdict, type Verdict } from './verdict';
import { seeded } from './ways';

/** The publish nodes; each has a config node of its own. */
const SENSORS = ['first', 'second'] as const;
const ACCOUNTS = ['one', 'other'] as const;
const ROUTES = [...SENSORS, ...ACCOUNTS];

type Sensor = (typeof SENSORS)[number];

const ACCOUNT_NAMES = ['', 'garden', 'attic'];

/** How long the service takes for an answer, by turns; undefined where it is not there at all. */
const DELAYS_MS = [20, undefined, 60];

/**
 * A sender whose key is refused has sent as many requests as it starts at once. In one life it starts twice, because of
 * the deploy, in which it also tries again when the one that works closes before it.
 */
const MOST_WITH_OLD_KEY = 3 * 4;

/** Readings that a config node accepts one by one while its key is refused. */
const TO_REFUSED = 40;

const SEED = 20_261_124;

/** What became of readings of config nodes that share a queue or a server. */
export interface ConfigsVerdict extends Verdict {
  /** How many kills came while readings were waiting. */
  underLoad: number;
  /** How often config nodes were renamed or put in another order. */
  deploys: number;
  /** How many requests with an old key came in one life, at most. */
  mostWithOldKey: number;
}

/** Kills a Node-RED `count` times in which config nodes share what they publish to. */
export async function runTwoConfigs(
  version: Version,
  count: number,
  tell: (done: number) => void = () => {},
): Promise<ConfigsVerdict> {
  const userDir = await createUserDir();
  const random = seeded(SEED);
  const gate = new Gate();
  const service = await ObservedService.start({
    offerOf: offerOfRoute,
    turnsAway: (carried) => gate.answer(carried),
  });
  const crowd = new Crowd({ routes: ROUTES, offerOf: offerOfRoute });
  const verdict = { ...emptyVerdict(), underLoad: 0, deploys: 0, mostWithOldKey: 0 };
  let nodeRed: NodeRed | undefined;
  try {
    nodeRed = await startOffering(version, drawPublishing(service.url, random), { userDir });
    for (let round = 0; round < count; round += 1) {
      await offerInVain(nodeRed, { service, crowd }, round);
      await nodeRed.deploy(offeringFlow(drawPublishing(service.url, random)), pick(random, DEPLOYS));
      verdict.deploys += 1;
      await service.comeBack();
      crowd.start(nodeRed);
      // The next kill comes while readings find their new queue, or some time later.
      await crowd.hasAccepted(1 + ((round * 37) % 100));
      if (crowd.accepted.size > service.deliveries.size) verdict.underLoad += 1;
      if ((await nodeRed.end('SIGKILL')) === 'SIGKILL') verdict.faults += 1;
      await crowd.end();
      await service.endLife();
      service.delayMs = 0;
      gate.beginLife(pick(random, SENSORS));
      nodeRed = await startInFolder(version, { userDir });
      if (round % 2 === 0) await offerToRefused(nodeRed, { service, crowd }, gate.refused, verdict);
      tell(round + 1);
    }
    await finish(nodeRed, { service, crowd }, verdict);
    await nodeRed.end('SIGINT');
    const refusedList = await refusedListIn(userDir);
    checkArrivals({ service, offers: crowd, refusedList, endOfLife: 'killed after the answer' }, verdict);
    gate.report(verdict);
  } finally {
    await nodeRed?.end('SIGKILL');
    await service.leave();
    await rm(userDir, { recursive: true, force: true });
  }
  return verdict;
}

const DEPLOYS = ['full', 'nodes', 'flows'] as const;

interface Scene {
  readonly service: ObservedService;
  readonly crowd: Crowd;
}

/** Has readings accepted of which some wait, because the service is slow or away. */
async function offerInVain(nodeRed: NodeRed, { service, crowd }: Scene, round: number): Promise<void> {
  const delay = DELAYS_MS[round % DELAYS_MS.length];
  service.delayMs = delay ?? 0;
  if (delay === undefined) await service.leave();
  crowd.start(nodeRed);
  await crowd.hasAccepted(ROUTES.length + ((round * 53) % 150));
  // A deploy takes away for a moment what offers are made to.
  await crowd.end();
}

/**
 * All that waits gets through. Then the sensor's config node with the old key accepts one reading after another, and the
 * other one delivers them.
 */
async function offerToRefused(
  nodeRed: NodeRed,
  { service, crowd }: Scene,
  refused: Sensor,
  verdict: Verdict,
): Promise<void> {
  let isThrough = await haveAllArrived(service, crowd.accepted);
  for (let count = 0; isThrough && count < TO_REFUSED; count += 1) {
    const id = await crowd.offer(nodeRed, refused);
    isThrough = id !== undefined && (await haveAllArrived(service, [id]));
  }
  if (!isThrough) verdict.stuck += 1;
}

/** Everything gets through at last, and so does a fresh reading of each config node. */
async function finish(nodeRed: NodeRed, { service, crowd }: Scene, verdict: Verdict): Promise<void> {
  const fresh = [];
  for (const route of ROUTES) fresh.push(await crowd.offer(nodeRed, route));
  if (fresh.includes(undefined) || !(await haveAllArrived(service, crowd.accepted))) verdict.stuck += 1;
}

const routeOf = (id: number) => ROUTES[id % ROUTES.length] ?? '';
const isOfSenio = (id: number) => id % ROUTES.length < SENSORS.length;

/** Both accounts have a device of the same name. */
function offerOfRoute(id: number): Offer {
  const offer = { timestamp: BEGIN + id, data: { number: id }, picture: undefined };
  return isOfSenio(id)
    ? { ...offer, service: 'senio', device: undefined }
    : { ...offer, service: 'databoom', device: 'shed' };
}

/** The config nodes, each with a secret that is named after its publish node; names and order are those of chance. */
function drawPublishing(url: string, random: () => number): Publishing {
  const server = { server: 'custom', url };
  const sensors: readonly FlowNode[] = SENSORS.map((route) => ({
    id: `config-${route}`,
    type: 'senio-config',
    ...server,
    sensor: SENSOR,
    credentials: { key: secretOf(route) },
  }));
  const accounts: readonly FlowNode[] = ACCOUNTS.map((route) => ({
    id: `config-${route}`,
    type: 'databoom-config',
    ...server,
    account: pick(random, ACCOUNT_NAMES),
    credentials: { token: secretOf(route) },
  }));
  const configs = [...sensors, ...accounts];
  return {
    configs: random() < 0.5 ? configs : configs.toReversed(),
    publishers: [
      ...SENSORS.map((id) => ({ id, type: 'senio-publish', config: `config-${id}` })),
      ...ACCOUNTS.map((id) => ({
        id,
        type: 'databoom-publish',
        config: `config-${id}`,
        ...DEVICE_OF_MESSAGE,
      })),
    ],
  };
}

const secretOf = (route: string) => `secret-of-${route}`;

function pick<Choice>(random: () => number, choices: readonly Choice[]): Choice {
  const choice = choices[Math.floor(random() * choices.length)];
  if (choice === undefined) throw new RangeError('There is nothing to choose from');
  return choice;
}

/** Who gets in at the service: one of the two keys of the sensor, and with each token what its own config node accepted. */
class Gate {
  #sensor: Sensor = 'first';
  #withOldKey = 0;
  #mostWithOldKey = 0;
  readonly #foreign: string[] = [];

  answer({ ids, secret }: Carried): number | undefined {
    if (ids.every(isOfSenio)) return this.#answerSenio(ids, secret);
    if (ids.every((id) => secret === secretOf(routeOf(id)))) return undefined;
    return this.#reject(ids, secret);
  }

  #answerSenio(ids: readonly number[], secret: string): number | undefined {
    if (secret === secretOf(this.#sensor)) return undefined;
    if (!SENSORS.some((route) => secret === secretOf(route))) return this.#reject(ids, secret);
    this.#withOldKey += 1;
    this.#mostWithOldKey = Math.max(this.#mostWithOldKey, this.#withOldKey);
    return 401;
  }

  #reject(ids: readonly number[], secret: string): number {
    this.#foreign.push(`readings ${ids.join(', ')} came with ${secret}`);
    return 401;
  }

  /** The publish node whose config node has the old key. */
  get refused(): Sensor {
    return this.#sensor === 'first' ? 'second' : 'first';
  }

  /** Only the key of this sensor's config node is right from now on. */
  beginLife(sensor: Sensor): void {
    this.#sensor = sensor;
    this.#withOldKey = 0;
  }

  /** Adds to the verdict what should not have come. */
  report(verdict: ConfigsVerdict): void {
    for (const note of this.#foreign) countTrouble(verdict, 'unexplained', note);
    verdict.mostWithOldKey = this.#mostWithOldKey;
    if (this.#mostWithOldKey > MOST_WITH_OLD_KEY)
      countTrouble(verdict, 'unexplained', `${this.#mostWithOldKey} requests with an old key in one life`);
  }
}
