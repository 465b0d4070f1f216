/** What all nodes that read something share: reading on a schedule and when a message arrives, and their statuses. */
export { runSource, sourceFailureStatus, topicOf, wrongSettings } from './source';
