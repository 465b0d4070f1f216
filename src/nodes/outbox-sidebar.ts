import type { NodeAPI } from 'node-red';
import { createThrottle, SYSTEM_CLOCK } from '../delivery';
import { offerStationPage } from './dialogs';
import { createOrphanWatch, createQueueAdmin, serveQueueAdmin } from './queues';
import { runtimeOf } from './runtime';
import { showInvisible } from '../visible-text';

/** The topic of the editor's connection on which an open sidebar hears that something has changed. */
const TOPIC = 'sensorpost/outbox';

/** The shortest time between two messages to the editors. */
const BETWEEN_MESSAGES_MS = 1000;

/** Registers the runtime's side of the Outbox sidebar, and of the ways to the station's page. */
export = function register(RED: NodeAPI): void {
  RED.plugins.registerPlugin('sensorpost-outbox', {
    type: 'sensorpost-sidebar',
    onadd: () => open(RED),
  });
};

function open(RED: NodeAPI): void {
  const runtime = runtimeOf(RED);
  serveQueueAdmin(RED, createQueueAdmin(runtime, Date.now));
  offerStationPage(RED);

  // What is published here reaches every editor, whatever its user may see. So it says only that something has changed,
  // and an open sidebar asks what, with its user's permission.
  const neverEnds = new AbortController().signal;
  const messages = createThrottle(SYSTEM_CLOCK, BETWEEN_MESSAGES_MS, neverEnds, async () =>
    RED.comms.publish(TOPIC, { changed: true }, false),
  );
  runtime.watchers.add(() => messages.request());

  const watchOrphans = createOrphanWatch(runtime, (message) =>
    RED.log.warn(`[sensorpost] ${showInvisible(message)}`),
  );
  runtime.onStarted(() => void watchOrphans());
}
