import { subscribe } from 'node:diagnostics_channel';
import type { NodeAPI } from 'node-red';
import { TRACE_CHANNEL, type TraceMessage } from '../../delivery';
import { oncePerRuntime } from '../runtime';
import { showInvisible } from '../../visible-text';

/** The levels of Node-RED's log at which steps of readings are shown. */
const DETAILED: ReadonlySet<unknown> = new Set(['debug', 'trace']);

/**
 * Writes each step of each reading's way to Node-RED's log at the level `debug` (`trace` for leases), by ids, never with
 * a value. Only where a handler of the log shows that level: listening costs time with each reading.
 */
export const logTraces = oncePerRuntime((RED: NodeAPI): { readonly isOn: boolean } => {
  const isOn = levelsOf(RED.settings).some((level) => DETAILED.has(level));
  // It stays for as long as the process: the log and the runtime do, too.
  if (isOn) listen(RED);
  return { isOn };
});

function listen(RED: NodeAPI): void {
  subscribe(TRACE_CHANNEL, (message) => {
    if (!isTraceMessage(message)) return;
    const log = message.step === 'leased' ? RED.log.trace : RED.log.debug;
    log(`[sensorpost] ${showInvisible(textOf(message))}`);
  });
}

/** The levels of all handlers of Node-RED's log, as its settings give them. */
function levelsOf(settings: object): readonly unknown[] {
  const logging: unknown = Reflect.get(settings, 'logging');
  if (typeof logging !== 'object' || logging === null) return [];
  return Object.values(logging).map((handler: unknown) =>
    typeof handler === 'object' && handler !== null ? Reflect.get(handler, 'level') : undefined,
  );
}

/** Only delivery publishes on the channel; the check is for the type. */
function isTraceMessage(message: unknown): message is TraceMessage {
  return typeof message === 'object' && message !== null && 'step' in message && 'ids' in message;
}

/** More ids than these make a line that nobody reads. */
const MOST_IDS = 10;

/** "12, 13 sent to senio https://…", "12 answered 503", "12 deferred until 12:03:22: unavailable". */
function textOf({ step, queue, ids, statusCode, problem, until }: TraceMessage): string {
  const shown = ids.slice(0, MOST_IDS).join(', ');
  const more = ids.length > MOST_IDS ? ` and ${ids.length - MOST_IDS} more` : '';
  const time = until === undefined ? '' : ` until ${new Date(until).toISOString()}`;
  const status = statusCode === undefined ? '' : ` ${statusCode}`;
  const cause = problem === undefined ? '' : `: ${problem}`;
  return `${queue}: ${shown}${more} ${step}${status}${time}${cause}`;
}
