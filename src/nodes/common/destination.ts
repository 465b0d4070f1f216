import type { Node, NodeAPI } from 'node-red';
import type { Push } from '../../databoom';
import { createLane, type DeliveryFailure, type Lane, type Transport } from '../../delivery';
import { failed, success, type Result } from '../../result';
import type { Measurement } from '../../senio';

/** A transport with what has to be closed when its config node is. */
export interface OpenTransport<Item> {
  readonly transport: Transport<Item>;
  close(): void;
}

/** The destinations of all config nodes of one kind: the config nodes own them, the publish nodes find them. */
export interface Destinations<Item> {
  /** Makes `node` own the destination that `opened` leads to, until it is closed. */
  own(node: Node, opened: Result<OpenTransport<Item>, DeliveryFailure>): void;
  /** The destination of the config node with the given id. */
  find(RED: NodeAPI, id: string): Result<Lane<Item>, DeliveryFailure>;
}

// Enough to hide a server's latency, few enough that no server takes it for an attack.
const CONCURRENT_DELIVERIES = 4;
// A burst of a large split message passes; a server that stays slower than its flow is told before memory runs out.
const MOST_WAITING = 10_000;
// Pictures are what fills a Raspberry Pi's memory: a dozen large ones may wait.
const MOST_BYTES = 64_000_000;

/**
 * @param what a config node of this kind is, for messages
 * @param sizeOf about how many bytes an item takes
 */
function createDestinations<Item>(what: string, sizeOf: (item: Item) => number): Destinations<Item> {
  const owned = new WeakMap<object, Result<Lane<Item>, DeliveryFailure>>();

  function own(node: Node, opened: Result<OpenTransport<Item>, DeliveryFailure>): void {
    if (!opened.ok) {
      owned.set(node, opened);
      return;
    }
    const limits = { concurrent: CONCURRENT_DELIVERIES, waiting: MOST_WAITING };
    const lane = createLane(opened.value.transport, limits, { bytes: MOST_BYTES, sizeOf });
    owned.set(node, success(lane));
    node.on('close', (done: () => void) => {
      lane.close();
      opened.value.close();
      done();
    });
  }

  function find(RED: NodeAPI, id: string): Result<Lane<Item>, DeliveryFailure> {
    if (id === '') return misconfigured(`No ${what} is chosen: open the node and choose or add one`);
    // The declared type leaves out that there may be no such node.
    const node: Node | null | undefined = RED.nodes.getNode(id);
    const destination = node ? owned.get(node) : undefined;
    return (
      destination ??
      misconfigured(`The ${what} of this node is missing or disabled: open the node and choose one`)
    );
  }

  return { own, find };
}

function misconfigured(message: string) {
  return failed<DeliveryFailure>({ kind: 'misconfigured', message });
}

/** Sensors: the destinations of `senio-config` nodes. */
export const senioSensors = createDestinations<Measurement>('Senio sensor', ({ images }) =>
  [...images.values()].reduce((sum, { bytes }) => sum + bytes.length, 0),
);

/** Accounts: the destinations of `databoom-config` nodes. */
export const databoomAccounts = createDestinations<Push>('Databoom account', sizeOfPush);

// A name, a number and a time, as objects of JavaScript.
const BYTES_OF_A_VALUE = 200;

function sizeOfPush({ content }: Push): number {
  if (content.kind === 'current') return content.signals.size * BYTES_OF_A_VALUE;
  return [...content.signals.values()].reduce((sum, { values }) => sum + values.length * BYTES_OF_A_VALUE, 0);
}
