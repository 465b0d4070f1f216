import type { NodeAPI } from 'node-red';
import { officeOf } from './common/office';
import { createDesk } from './outbox/desk';
import { serveDesk } from './outbox/endpoints';
import { createNudge } from './outbox/nudge';
import { createOrphanWatch } from './outbox/orphans';

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
  const office = officeOf(RED);
  serveDesk(RED, createDesk(office, Date.now));

  // Every editor gets what is published here, whatever its user may see. So it is told that something changed, and one
  // that shows the sidebar asks what, with its permission.
  const nudge = createNudge(
    BETWEEN_NUDGES_MS,
    (task, ms) => void setTimeout(task, ms).unref(),
    () => RED.comms.publish(TOPIC, { changed: true }, false),
  );
  office.watchers.add(nudge);

  const watchOrphans = createOrphanWatch(office, (message) => RED.log.warn(`[sensorpost] ${message}`));
  office.onStarted(() => void watchOrphans());
}
