import type { NodeStatus } from 'node-red';
import type { Failure } from '../../result';
import { timeOfDay } from '../runtime';
import type { Answered } from './messages';

type Translate = (key: string, values?: Record<string, string>) => string;

/** What ends by itself, by the kind of failure; all else needs a person. */
const HEALING: Readonly<Record<string, string>> = {
  offline: 'wait.offline',
  timeout: 'wait.timeout',
  unavailable: 'wait.unavailable',
  behind: 'wait.unavailable',
  throttled: 'wait.throttled',
  busy: 'wait.busy',
  cancelled: 'wait.cancelled',
};

const NEEDS_A_PERSON: Readonly<Record<string, string>> = {
  unreadable: 'wait.unreadable',
  missing: 'pause.missing',
  misdirected: 'pause.misdirected',
  untrusted: 'pause.untrusted',
  untimely: 'clock-not-set',
  misconfigured: 'pause.misconfigured',
  invalid: 'not-kept.invalid',
  unexpected: 'not-kept.unexpected',
};

/** The status after a question without an answer: "offline", "may not read". */
export function failureStatus(translate: Translate, { kind }: Failure<string>): NodeStatus {
  const healing = HEALING[kind];
  if (healing !== undefined)
    return { fill: 'yellow', shape: 'ring', text: translate(`common.status.${healing}`) };
  const known = NEEDS_A_PERSON[kind];
  const key = known === undefined ? 'databoom-in.status.refused' : `common.status.${known}`;
  return { fill: 'red', shape: 'dot', text: translate(key) };
}

/** The status after an answer at `now`: "read 12:03:22", "incomplete". */
export function readStatus(translate: Translate, { read }: Answered, now: number): NodeStatus {
  const isIncomplete = read.undated > 0 || ('overBound' in read && read.overBound.length > 0);
  if (isIncomplete) return { fill: 'yellow', shape: 'dot', text: translate('databoom-in.status.incomplete') };
  if (read.readings.length === 0)
    return { fill: 'grey', shape: 'dot', text: translate('databoom-in.status.nothing') };
  return {
    fill: 'green',
    shape: 'dot',
    text: translate('databoom-in.status.read', { time: timeOfDay(now) }),
  };
}
