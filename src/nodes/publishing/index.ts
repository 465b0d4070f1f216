/** Publishing: from a message to the queue of its destination, and back to the publish node's output and status. */
export { claimAccount } from './accounts';
export { databoomAccounts, senioSensors } from './destinations';
export { publishMessages } from './publish';
export type { Destination, QueueSettings } from './queue';
export { chooseServer, openHttp, parseStationSecret, type ServerSettings } from './server';
