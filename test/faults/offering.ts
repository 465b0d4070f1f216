/** A real Node-RED that publishes what an observer offers it over HTTP, and the observer's crowd that offers. */
import { startNodeRed, type FlowNode, type NodeRed, type Version } from '../node-red/support';
import { until, within } from '../support/waiting';
import { offerOf, SENSOR, type ServiceName } from './offers';

const TAB = 'tab-of-the-offers';
const PLACE = { z: TAB, x: 100, y: 100 };
const SERVICES: readonly ServiceName[] = ['senio', 'databoom'];

/**
 * A flow that takes `POST /offer/SERVICE` to that service's publish node and answers 200 once that called `done`, and
 * 503 with the error's code where the reading was not kept.
 */
function offeringFlow(serviceUrl: string): FlowNode[] {
  const server = { server: 'custom', url: serviceUrl };
  return [
    { id: TAB, type: 'tab', label: 'offers' },
    {
      id: 'sensor',
      type: 'senio-config',
      ...server,
      sensor: SENSOR,
      credentials: { key: 'key-of-the-sensor' },
    },
    { id: 'account', type: 'databoom-config', ...server, credentials: { token: 'token-of-the-account' } },
    ...SERVICES.flatMap((service) => [
      {
        id: `offer-${service}`,
        type: 'http in',
        ...PLACE,
        url: `/offer/${service}`,
        method: 'post',
        upload: false,
        wires: [[`make-${service}`]],
      },
      functionNode(`make-${service}`, MAKE_MESSAGE, service),
    ]),
    { id: 'senio', type: 'senio-publish', ...PLACE, config: 'sensor', wires: [[]] },
    {
      id: 'databoom',
      type: 'databoom-publish',
      ...PLACE,
      config: 'account',
      device: 'device',
      deviceType: 'msg',
      wires: [[]],
    },
    { id: 'done', type: 'complete', ...PLACE, scope: SERVICES, wires: [['accepted']] },
    functionNode('accepted', 'msg.statusCode = 200; msg.payload = "";', 'answer'),
    { id: 'caught', type: 'catch', ...PLACE, scope: SERVICES, uncaught: false, wires: [['turned-away']] },
    functionNode('turned-away', TURN_AWAY, 'answer'),
    { id: 'answer', type: 'http response', ...PLACE, wires: [] },
  ];
}

const MAKE_MESSAGE = `
const { timestamp, data, device, picture } = msg.payload;
msg.timestamp = timestamp;
msg.device = device;
msg.payload = picture ? { ...data, picture: Buffer.from(picture, "base64") } : data;`;

// A reading that was kept has its answer, and what becomes of it later is another matter.
const TURN_AWAY = `
if (["refused", "dropped"].includes(msg.error.code)) return null;
msg.statusCode = 503;
msg.payload = msg.error.code;`;

function functionNode(id: string, code: string, target: string): FlowNode {
  const func = `${code}\nreturn msg;`;
  return { id, type: 'function', ...PLACE, func, outputs: 1, libs: [], wires: [[target]] };
}

/** Starts a Node-RED that publishes to the service at `serviceUrl` what it is offered, for the first time in its folder. */
export async function startOffering(
  version: Version,
  serviceUrl: string,
  options: { readonly userDir: string; readonly settings?: string },
): Promise<NodeRed> {
  const nodeRed = await startNodeRed(version, options);
  await nodeRed.deploy(offeringFlow(serviceUrl));
  return nodeRed;
}

/** Offers that are under way at the same time. */
const AT_ONCE = 24;

/** Offers readings, and knows which were accepted. */
export class Crowd {
  readonly offered = new Set<number>();
  readonly accepted = new Set<number>();
  /** The codes of the errors with which readings were not kept. */
  readonly turnedAway: string[] = [];
  readonly #next: Record<ServiceName, number> = { senio: 2, databoom: 1 };
  #underWay: Promise<unknown> = Promise.resolve();
  #isOffering = false;

  /** Offers one more reading; resolves to its id where it was accepted. */
  async offer({ url }: NodeRed, service: ServiceName): Promise<number | undefined> {
    const id = this.#next[service];
    this.#next[service] += 2;
    this.offered.add(id);
    const { picture, ...reading } = offerOf(id);
    const response = await fetch(`${url}/offer/${service}`, {
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

  /** Offers to both services, many at once, until `end`. */
  start(nodeRed: NodeRed): void {
    this.#isOffering = true;
    const offerOn = async (index: number) => {
      const service = index % 2 === 0 ? 'senio' : 'databoom';
      try {
        while (this.#isOffering) await this.offer(nodeRed, service);
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
