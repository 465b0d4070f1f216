/** The queue admin service: what the Outbox sidebar shows of queues, and does with them. */
export { serveQueueAdmin } from './endpoints';
export { createOrphanWatch } from './orphans';
export { createQueueAdmin } from './queue-admin';
