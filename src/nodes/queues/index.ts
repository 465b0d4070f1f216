/** Queue administration: what the Outbox sidebar shows, and does with queues. */
export { serveDesk } from './endpoints';
export { createNudge } from './nudge';
export { createOrphanWatch } from './orphans';
export { createDesk } from './queue-admin';
