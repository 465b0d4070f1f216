/** Publishing: from a message to the queue of its destination, and back to the publish node's output and status. */
export { registerAccount } from './accounts';
export { ownDestination, registerConfigNode, type DestinationType } from './config-node';
export { databoomAccounts, namedSenioSensors, senioSensors } from './destinations';
export { openValueSource } from './message-value';
export { publishMessages } from './publish';
export { listedReadings, oneReading } from './readings';
export { chooseServer, openHttp, parseStationSecret, type ServerSettings } from './server';
export { createSignalMemory } from './signal-memory';
