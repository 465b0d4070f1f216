import type { Node, NodeAPI, NodeMessageInFlow } from 'node-red';
import type { DATABOOM_IN } from '../contract';
import type { Inputs } from './question';

type Settings = typeof DATABOOM_IN;

const TYPES: ReadonlySet<string> = new Set(['msg', 'flow', 'global', 'env', 'jsonata']);

/** The values of the typed inputs for a message: a text as it was typed, else what it leads to. Never rejects. */
export async function evaluateInputs(
  RED: NodeAPI,
  node: Node,
  settings: Settings,
  msg: NodeMessageInFlow,
): Promise<Inputs> {
  const evaluate = (value: string, type: string) => evaluateInput(RED, node, msg, value, type);
  return {
    device: await evaluate(settings.device, settings.deviceType),
    signals: await evaluate(settings.signals, settings.signalsType),
    start: await evaluate(settings.start, settings.startType),
    end: await evaluate(settings.end, settings.endType),
    granularity: settings.granularity === 'msg' ? Reflect.get(msg, 'granularity') : settings.granularity,
  };
}

async function evaluateInput(
  RED: NodeAPI,
  node: Node,
  msg: NodeMessageInFlow,
  value: string,
  type: string,
): Promise<Inputs['device']> {
  if (!TYPES.has(type)) return { typed: value };
  const source = type === 'jsonata' ? 'the JSONata expression' : `${type}.${value}`;
  const found = await new Promise<unknown>((resolve) => {
    try {
      RED.util.evaluateNodeProperty(value, type, node, msg, (error, result: unknown) =>
        resolve(error ? undefined : result),
      );
    } catch {
      // The message lacks a property on the way to this one, or the expression is not valid.
      resolve(undefined);
    }
  });
  return { found, source };
}
