import type { Node, NodeAPI, NodeDef, NodeMessageInFlow } from 'node-red';
import { parsePush, type DataboomTarget, type Push } from '../databoom';
import { readOptions } from '../fields';
import { databoomAccounts, publishMessages } from './publishing';
import { nameOfValue } from './runtime';
import { DATABOOM_PUBLISH, readSettings } from './contract';

/** Registers `databoom-publish`: pushes current values or history of one device per message. */
export = function register(RED: NodeAPI): void {
  /** The text of a typed input of kind str, msg or env; empty where there is none. */
  function readTypedText(node: Node, msg: NodeMessageInFlow, value: string, type: string): string {
    if (type === 'str' || value === '') return value;
    if (type !== 'msg' && type !== 'env') return '';
    try {
      const found: unknown = RED.util.evaluateNodeProperty(value, type, node, msg);
      return typeof found === 'string' || typeof found === 'number' ? String(found) : '';
    } catch {
      // The message lacks a property on the way to this one, or the expression is not valid.
      return '';
    }
  }

  function DataboomPublish(this: Node, def: NodeDef): void {
    RED.nodes.createNode(this, def);
    const settings = readSettings(DATABOOM_PUBLISH, def);

    const targetOf = (msg: NodeMessageInFlow): DataboomTarget => {
      if (settings.mode === 'template') {
        const unique = readTypedText(this, msg, settings.unique, settings.uniqueType);
        return { template: settings.template, unique };
      }
      return { device: readTypedText(this, msg, settings.device, settings.deviceType) };
    };

    const options = readOptions(settings);
    publishMessages<Push>(RED, this, {
      credential: 'token',
      queue: () => databoomAccounts.find(RED, settings.config),
      leavesOut: options.unsendable === 'leftOut',
      parse: (msg, present) => {
        const signal = nameOfValue(settings.signal, msg.topic);
        const target = targetOf(msg);
        const timestamp = msg['timestamp'];
        return parsePush({ payload: msg.payload, timestamp, signal, target, options }, present);
      },
    });
  }

  RED.nodes.registerType('databoom-publish', DataboomPublish);
};
