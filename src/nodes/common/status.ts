import type { NodeStatus } from 'node-red';
import type { DeliveryFailure, DeliveryProblem } from '../../delivery';
import type { Failure } from '../../result';

/** `RED._`: the text of a key in the user's language. */
export type Translate = (key: string, values?: Record<string, string>) => string;

/** What can go wrong between a message and the service's answer. */
export type PublishFailure = DeliveryFailure | Failure<'invalid' | 'unexpected'>;

// A ring heals itself, a dot needs a person.
const HEALS: NodeStatus = { fill: 'yellow', shape: 'ring' };
const NEEDS_A_PERSON: NodeStatus = { fill: 'red', shape: 'dot' };

const LOOKS: Readonly<Record<DeliveryProblem | 'invalid' | 'unexpected', NodeStatus>> = {
  offline: HEALS,
  timeout: HEALS,
  throttled: HEALS,
  unavailable: HEALS,
  busy: HEALS,
  cancelled: HEALS,
  untrusted: NEEDS_A_PERSON,
  unreadable: NEEDS_A_PERSON,
  unauthorised: NEEDS_A_PERSON,
  missing: NEEDS_A_PERSON,
  refused: NEEDS_A_PERSON,
  misconfigured: NEEDS_A_PERSON,
  invalid: NEEDS_A_PERSON,
  unexpected: NEEDS_A_PERSON,
};

/** The status of a delivery under way. */
export function sendingStatus(translate: Translate): NodeStatus {
  return { fill: 'blue', shape: 'ring', text: translate('common.status.sending') };
}

/** The status after a service accepted something: "201 at 12:03:22". */
export function acceptedStatus(translate: Translate, statusCode: number, now: number): NodeStatus {
  const values = { code: String(statusCode), time: timeOfDay(now) };
  return { fill: 'green', shape: 'dot', text: translate('common.status.accepted', values) };
}

/**
 * The status after a failure: what happened, in a few words, behind the status code of an answer: "404: not found".
 * @param credential what the service knows a publisher by: its "key" or its "token"
 */
export function failureStatus(
  translate: Translate,
  failure: PublishFailure,
  credential: 'key' | 'token',
): NodeStatus {
  const name = failure.kind === 'unauthorised' ? `${credential}-refused` : failure.kind;
  const text = translate(`common.status.${name}`);
  const isAnswer = 'statusCode' in failure;
  return { ...LOOKS[failure.kind], text: isAnswer ? `${failure.statusCode}: ${text}` : text };
}

/** This machine's local time as HH:MM:SS. */
export function timeOfDay(timestamp: number): string {
  return new Date(timestamp).toTimeString().slice(0, 8);
}
