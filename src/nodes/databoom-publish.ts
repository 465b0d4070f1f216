import type { Node, NodeAPI, NodeDef, NodeMessageInFlow } from 'node-red';
import { parsePush, type DataboomTarget, type Push } from '../databoom';
import { readOptions } from '../fields';
import { success, type Failure, type Misconfiguration, type Result } from '../result';
import { databoomAccounts, oneReading, openValueSource, publishMessages } from './publishing';
import { nameOfValue } from './runtime';
import { DATABOOM_PUBLISH, readSettings } from './contract';

/** Reads the device that a message is for. */
type ReadTarget = (msg: NodeMessageInFlow) => Promise<Result<DataboomTarget, Failure<'invalid'>>>;

/** Registers `databoom-publish`: pushes current values or history of one device per message. */
export = function register(RED: NodeAPI): void {
  function DataboomPublish(this: Node, def: NodeDef): void {
    RED.nodes.createNode(this, def);
    const settings = readSettings(DATABOOM_PUBLISH, def);
    const readTarget = openTarget(RED, this, settings);

    const options = readOptions(settings);
    publishMessages<Push>(RED, this, {
      credential: 'token',
      queue: () => (readTarget.ok ? databoomAccounts.find(RED, settings.config) : readTarget),
      leavesOut: options.unsendable === 'leftOut',
      // A list is the history of one device, one item.
      readings: oneReading,
      parse: async (msg, present) => {
        if (!readTarget.ok) return readTarget;
        const target = await readTarget.value(msg);
        if (!target.ok) return target;
        const signal = nameOfValue(settings.signal, msg.topic);
        const timestamp = msg['timestamp'];
        return parsePush({ payload: msg.payload, timestamp, signal, target: target.value, options }, present);
      },
    });
  }

  RED.nodes.registerType('databoom-publish', DataboomPublish);
};

function openTarget(
  RED: NodeAPI,
  node: Node,
  settings: typeof DATABOOM_PUBLISH,
): Result<ReadTarget, Misconfiguration> {
  if (settings.mode !== 'template') {
    const device = openValueSource(
      RED,
      node,
      { type: settings.deviceType, value: settings.device },
      'device token',
    );
    if (!device.ok) return device;
    return success(async (msg) => {
      const token = await device.value(msg);
      return token.ok ? success({ device: token.value }) : token;
    });
  }
  const template = openValueSource(
    RED,
    node,
    { type: settings.templateType, value: settings.template },
    'HTTP template',
  );
  if (!template.ok) return template;
  const unique = openValueSource(
    RED,
    node,
    { type: settings.uniqueType, value: settings.unique },
    'unique value of the device',
  );
  if (!unique.ok) return unique;
  return success(async (msg) => {
    const [named, value] = [await template.value(msg), await unique.value(msg)];
    if (!named.ok) return named;
    return value.ok ? success({ template: named.value, unique: value.value }) : value;
  });
}
