/** A real Node-RED that publishes what an observer offers it over HTTP, and the observer's crowd that offers. */
import { startNodeRed, type FlowNode, type NodeRed, type Version } from '../node-red/support';
import { until, within } from '../support/waiting';
import { offerOf, SENSOR, type OfferOf } from './offers';

const TAB = 'tab-of-the-offers';
const PLACE = { z: TAB, x: 100, y: 100 };

/** The nodes that publish what is offered; each publish node takes `POST /offer/ID`, and its `z` and `wires` are added. */
export interface Publishing {
  readonly configs: readonly FlowNode[];
  readonly publishers: readonly FlowNode[];
}

/** A sensor and an account of one service, each with a publish node of that service's name. */
export function publishingTo(serviceUrl: string): Publishing {
  const server = { server: 'custom', url: serviceUrl };
  const key = { credentials: { key: 'key-of-the-sensor' } };
  const token = { credentials: { token: 'token-of-the-account' } };
  return {
    configs: [
      { id: 'sensor', type: 'senio-config', ...server, sensor: SENSOR, ...key },
      { id: 'account', type: 'databoom-config', ...server, ...token },
    ],
    publishers: [
      { id: 'senio', type: 'senio-publish', config: 'sensor' },
      { id: 'databoom', type: 'databoom-publish', config: 'account', ...DEVICE_OF_MESSAGE },
    ],
  };
}

/** The device of a databoom-publish node: the one that comes with the reading. */
export const DEVICE_OF_MESSAGE = { device: 'device', deviceType: 'msg' };

/**
 * A flow that takes `POST /offer/ID` to a publish node and answers 200 once that called `done`, and 503 with the
 * error's code where the reading was not kept.
 */
export function offeringFlow({ configs, publishers }: Publishing): FlowNode[] {
  const scope = publishers.map(({ id }) => id);
  return [
    { id: TAB, type: 'tab', label: 'offers' },
    ...configs,
    ...scope.flatMap((id) => [
      {
        id: `offer-${id}`,
        type: 'http in',
        ...PLACE,
        url: `/offer/${id}`,
        method: 'post',
        upload: false,
        wires: [[`make-${id}`]],
      },
      functionNode(`make-${id}`, MAKE_MESSAGE, id),
    ]),
    ...publishers.map((publisher) => ({ ...publisher, ...PLACE, wires: [[]] })),
    { id: 'done', type: 'complete', ...PLACE, scope, wires: [['accepted']] },
    functionNode('accepted', 'msg.statusCode = 200; msg.payload = "";', 'answer'),
    { id: 'caught', type: 'catch', ...PLACE, scope, uncaught: false, wires: [['turned-away']] },
    functionNode('turned-away', TURN_AWAY, 'answer'),
    { id: 'answer', type: 'http response', ...PLACE, wires: [] },
  ];
}

const MAKE_MESSAGE = `
const { timestamp, data, device, picture } = msg.payload;
msg.timestamp = timestamp;
msg.device = device;
msg.payload = picture ? { ...data, picture: Buffer.from(picture, "base64") } : data;`;

// A reading that was kept has its answer, and what becomes of it later is another matter; so is what is wrong with a key.
const TURN_AWAY = `
if (["refused", "dropped", "unauthorised", "missing"].includes(msg.error.code)) return null;
msg.statusCode = 503;
msg.payload = msg.error.code;`;

function functionNode(id: string, code: string, target: string): FlowNode {
  const func = `${code}\nreturn msg;`;
  return { id, type: 'function', ...PLACE, func, outputs: 1, libs: [], wires: [[target]] };
}

/** Of Node-RED's own nodes those that no flow of these suites has: a quarter of each start is to load them. */
const NOT_NEEDED = [
  '10-file.js',
  '10-mqtt.js',
  '10-switch.js',
  '15-change.js',
  '16-range.js',
  '17-split.js',
  '18-sort.js',
  '19-batch.js',
  '21-httprequest.js',
  '22-websocket.js',
  '23-watch.js',
  '31-tcpin.js',
  '32-udp.js',
  '70-CSV.js',
  '70-HTML.js',
  '70-JSON.js',
  '70-XML.js',
  '70-YAML.js',
  '80-template.js',
  '89-delay.js',
  '89-trigger.js',
  '90-exec.js',
  'rbe.js',
];

/** Where a Node-RED works, and JavaScript of more settings. */
interface Place {
  readonly userDir: string;
  readonly settings?: string;
}

/** Starts a Node-RED with few of its own nodes, in a folder that may have been that of another. */
export function startInFolder(version: Version, { userDir, settings = '' }: Place): Promise<NodeRed> {
  const excluded = `nodesExcludes: ${JSON.stringify(NOT_NEEDED)},`;
  return startNodeRed(version, { userDir, settings: `${excluded} ${settings}` });
}

/** Starts a Node-RED that publishes what it is offered, for the first time in its folder. */
export async function startOffering(
  version: Version,
  publishing: Publishing,
  place: Place,
): Promise<NodeRed> {
  const nodeRed = await startInFolder(version, place);
  await nodeRed.deploy(offeringFlow(publishing));
  return nodeRed;
}

/** Offers that are under way at the same time. */
const AT_ONCE = 24;

/** What a crowd offers. */
export interface Offering {
  /** The ids of publish nodes; the remainder of a reading's id by their number is the index of its own. */
  readonly routes: readonly string[];
  readonly offerOf: OfferOf;
}

/** Readings with even ids go to Senio. */
const TO_BOTH_SERVICES: Offering = { routes: ['senio', 'databoom'], offerOf };

/** Offers readings, and knows which were accepted. */
export class Crowd {
  readonly offered = new Set<number>();
  readonly accepted = new Set<number>();
  /** The codes of the errors with which readings were not kept. */
  readonly turnedAway: string[] = [];
  readonly #offering: Offering;
  /** How many readings each route was offered. */
  readonly #counts = new Map<string, number>();
  #underWay: Promise<unknown> = Promise.resolve();
  #isOffering = false;

  constructor(offering = TO_BOTH_SERVICES) {
    this.#offering = offering;
  }

  /** Offers one more reading; resolves to its id where it was accepted. */
  async offer({ url }: NodeRed, route: string): Promise<number | undefined> {
    const id = this.#nextOf(route);
    this.offered.add(id);
    const { picture, ...reading } = this.#offering.offerOf(id);
    const response = await fetch(`${url}/offer/${route}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ ...reading, picture: picture?.toString('base64') }),
    });
    if (response.status === 200) this.accepted.add(id);
    const text = await response.text();
    if (response.status === 200) return id;
    this.turnedAway.push(text);
    return undefined;
  }

  /** The first route's first id is the number of routes, so that no id is 0. */
  #nextOf(route: string): number {
    const { routes } = this.#offering;
    const count = this.#counts.get(route) ?? 0;
    this.#counts.set(route, count + 1);
    const index = routes.indexOf(route);
    return (index === 0 ? routes.length : index) + count * routes.length;
  }

  /** Offers to all routes, many at once, until `end`. */
  start(nodeRed: NodeRed): void {
    this.#isOffering = true;
    const { routes } = this.#offering;
    const offerOn = async (index: number) => {
      const route = routes[index % routes.length] ?? '';
      try {
        while (this.#isOffering) await this.offer(nodeRed, route);
      } catch {
        // The Node-RED is gone, as a killed one is: whether the reading was kept, nobody said.
      }
    };
    this.#underWay = Promise.all(Array.from({ length: AT_ONCE }, (_, index) => offerOn(index)));
  }

  /** Resolves once so many more readings are accepted; rejects where one is turned away. */
  async hasAccepted(count: number): Promise<void> {
    const [acceptedBefore, turnedAwayBefore] = [this.accepted.size, this.turnedAway.length];
    await until(`${count} more accepted readings`, () => {
      if (this.turnedAway.length > turnedAwayBefore)
        throw new Error(`Node-RED does not keep a reading: ${this.turnedAway.at(-1)}`);
      return this.accepted.size >= acceptedBefore + count;
    });
  }

  /** Offers no more; resolves when none is under way. */
  async end(): Promise<void> {
    this.#isOffering = false;
    await within('the answers to all offers', this.#underWay);
  }
}
