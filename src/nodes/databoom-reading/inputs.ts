import type { Node, NodeAPI, NodeMessageInFlow } from 'node-red';
import { success, type Failure, type Result } from '../../result';
import type { DATABOOM_IN } from '../contract';
import { openTypedInput } from '../runtime';
import type { Input, Inputs } from './question';

type Settings = typeof DATABOOM_IN;

/** The input of a setting that is not asked for. */
const NOTHING: Input = { typed: '' };

/** The values of the typed inputs for a message: a text as it was typed, else what it leads to. Never rejects. */
export async function evaluateInputs(
  RED: NodeAPI,
  node: Node,
  settings: Settings,
  msg: NodeMessageInFlow,
): Promise<Result<Inputs, Failure<string>>> {
  const evaluate = (value: string, type: string, term: string) =>
    evaluateInput(RED, node, msg, { type, value }, term);
  const isHistory = settings.operation === 'history';
  const none = Promise.resolve(success(NOTHING));
  const [device, signals, start, end] = await Promise.all([
    evaluate(settings.device, settings.deviceType, 'device token'),
    evaluate(settings.signals, settings.signalsType, 'list of signals'),
    isHistory ? evaluate(settings.start, settings.startType, 'start') : none,
    isHistory ? evaluate(settings.end, settings.endType, 'end') : none,
  ]);
  if (!device.ok) return device;
  if (!signals.ok) return signals;
  if (!start.ok) return start;
  if (!end.ok) return end;
  const granularity: unknown =
    settings.granularity === 'msg' ? Reflect.get(msg, 'granularity') : settings.granularity;
  return success({
    device: device.value,
    signals: signals.value,
    start: start.value,
    end: end.value,
    granularity,
  });
}

async function evaluateInput(
  RED: NodeAPI,
  node: Node,
  msg: NodeMessageInFlow,
  source: { readonly type: string; readonly value: string },
  term: string,
): Promise<Result<Input, Failure<string>>> {
  const input = openTypedInput(RED, node, source, term);
  if (!input) return success({ typed: source.value });
  if (!input.ok) return input;
  const found = await input.value(msg);
  return found.ok ? success({ found: found.value.value, source: found.value.place }) : found;
}
