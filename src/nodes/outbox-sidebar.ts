import type { NodeAPI } from 'node-red';
import { runtimeOf } from './runtime';
import { createDesk, createNudge, createOrphanWatch, serveDesk } from './queues';

/** The topic of the editor's connection on which an open sidebar hears that something is different. */
const TOPIC = 'sensorpost/outbox';

/** No editor is told more often. */
const BETWEEN_NUDGES_MS = 1000;

/** Registers the runtime's side of the Outbox sidebar. */
export = function register(RED: NodeAPI): void {
  RED.plugins.registerPlugin('sensorpost-outbox', {
    type: 'sensorpost-sidebar',
    onadd: () => open(RED),
  });
};

function open(RED: NodeAPI): void {
  const runtime = runtimeOf(RED);
  serveDesk(RED, createDesk(runtime, Date.now));

  // Every editor gets what is published here, whatever its user may see. So it is told that something changed, and one
  // that shows the sidebar asks what, with its permission.
  const nudge = createNudge(
    BETWEEN_NUDGES_MS,
    (task, ms) => void setTimeout(task, ms).unref(),
    () => RED.comms.publish(TOPIC, { changed: true }, false),
  );
  runtime.watchers.add(nudge);

  const watchOrphans = createOrphanWatch(runtime, (message) => RED.log.warn(`[sensorpost] ${message}`));
  runtime.onStarted(() => void watchOrphans());
}
