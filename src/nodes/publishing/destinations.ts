import type { Node, NodeAPI } from 'node-red';
import { pushCodec, type Push } from '../../databoom';
import type { Codec } from '../../delivery';
import { misconfigured, success, type Misconfiguration, type Result } from '../../result';
import {
  measurementCodec,
  sensorMeasurementCodec,
  type Measurement,
  type SensorMeasurement,
} from '../../senio';
import { runtimeOf } from '../runtime';
import { openQueue, type Destination, type Queue } from './queue';
import { logTraces } from './trace-log';

/** The destinations of all config nodes of one kind: the config nodes own them, the publish nodes find their queues. */
export interface Destinations<Item> {
  /** Makes `node` own the destination that its settings lead to, until it is closed. */
  own(RED: NodeAPI, node: Node, opened: Result<Destination<Item>, Misconfiguration>): void;
  /** The queue of the config node with the given id. */
  find(RED: NodeAPI, id: string): Result<Queue<Item>, Misconfiguration>;
}

/** @param what what messages to users call such a destination */
function createDestinations<Item extends object>(what: string, codec: Codec<Item>): Destinations<Item> {
  const owned = new WeakMap<object, Result<Queue<Item>, Misconfiguration>>();

  function own(RED: NodeAPI, node: Node, opened: Result<Destination<Item>, Misconfiguration>): void {
    if (!opened.ok) {
      owned.set(node, opened);
      return;
    }
    logTraces(RED);
    const queue = openQueue(runtimeOf(RED), node, opened.value, codec);
    owned.set(node, success(queue));
    node.on('close', (done: () => void) => {
      void queue.close().finally(done);
    });
  }

  function find(RED: NodeAPI, id: string): Result<Queue<Item>, Misconfiguration> {
    if (id === '') return misconfigured(`No ${what} is chosen: open the node and choose or add one`);
    // The declared type leaves out that there may be no such node.
    const node: Node | null | undefined = RED.nodes.getNode(id);
    const queue = node ? owned.get(node) : undefined;
    if (queue?.ok) queue.value.use();
    return (
      queue ?? misconfigured(`The ${what} of this node is missing or disabled: open the node and choose one`)
    );
  }

  return { own, find };
}

/** Sensors: the destinations of `senio-config` nodes. */
export const senioSensors = createDestinations<Measurement>('Senio sensor', measurementCodec);

/** Sensors that messages name: the second destination of each `senio-config` node whose key serves several. */
export const namedSenioSensors = createDestinations<SensorMeasurement>(
  'Senio sensor',
  sensorMeasurementCodec,
);

/** Accounts: the destinations of `databoom-config` nodes. */
export const databoomAccounts = createDestinations<Push>('Databoom account', pushCodec);
