/** What a server does about clients that hold it up: how much each may take up at one time, and when an answer ends. */
export { addressOf, createQuota, type Quota } from './quota';
export { endWhereStalled } from './stall';
export { turnOf } from './turn';
