/**
 * Databoom: its HTTP API.
 *
 * `parsePush` turns what a flow carries into a push (current values or history) or says what is wrong with it;
 * `openDataboomAccount` gives the transport that posts pushes to a server that speaks Databoom's API;
 * `checkDataboomAccount` asks such a server whether it knows a token. `withFirstContact` makes a new signal known to it in
 * the way that validates it. `createDataboomReader` reads signals back, by way of `openDataboomReads` or of whatever else
 * answers as Databoom does.
 */
export { parsePush, type PushFailure, type PushInput } from './parse';
export { pushCodec } from './codec';
export { encodePush, type EncodedPush } from './encode';
export { checkDataboomAccount, type TokenCheck } from './check';
export { openDataboomAccount, parseDataboomUrl, DATABOOM_SERVER, type DataboomAccount } from './client';
export {
  createDataboomReader,
  type ChartRange,
  type DataboomReader,
  type DeviceReading,
  type Granularity,
  type History,
  type PeriodValue,
  type ReadBack,
  type SignalChoice,
} from './reader';
export { openDataboomReads, type ChartRequest, type DataboomReads, type ReadFailure } from './reads';
export { withFirstContact, type FirstContactOptions } from './first-contact';
export {
  createKnownSignals,
  type KnownSignals,
  type KnownSignalsOptions,
  type SignalMemory,
} from './known-signals';
export { listSignalStatuses, type SignalStatus } from './signal-statuses';
export { metaOfSignal, type SignalDescription } from './meta';
export type { DataboomTarget, Push, SignalMeta } from './push';
