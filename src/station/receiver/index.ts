/**
 * The station over HTTP: the publish endpoints of Senio and Databoom, with their access checks and the limits of
 * requests. What no endpoint here answers goes to the views.
 */
export { createReceiver, type Receiver, type ReceiverOptions } from './receiver';
export type { SenioFieldAnswer } from './senio-endpoint';
