import { createTimekeeper, systemEnvironment } from '../../clock';
import { oncePerRuntime } from './once-per-runtime';

/**
 * The timekeeper of this Node-RED: source nodes stamp their readings with it, and publish nodes know the stamps. It
 * lives as long as the process, because a stamp is known only to the timekeeper that gave it.
 */
export const timekeeperOf = oncePerRuntime(() => createTimekeeper(systemEnvironment()));
