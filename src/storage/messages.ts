import type { Result } from '../result';
import type { StorageFailure, StorageNotice } from './types';

/**
 * Opens a database in the storage thread. A `Value` is unknown where it is sent, and `never` where it is received by
 * who knows better.
 */
export interface OpenRequest<Value> {
  readonly type: 'open';
  readonly database: number;
  readonly file: string;
  readonly program: string;
  readonly restored: Value;
}

/** Runs an operation. */
export interface CallRequest<Value> {
  readonly type: 'call';
  readonly database: number;
  readonly call: number;
  readonly name: string;
  readonly argument: Value;
  readonly now: number;
}

/** Closes a database. */
export interface CloseRequest {
  readonly type: 'close';
  readonly database: number;
  readonly call: number;
}

/** What the main thread asks of the storage thread. */
export type Request<Value> = OpenRequest<Value> | CallRequest<Value> | CloseRequest;

/** The result of one call. */
export interface Reply<Value> {
  readonly call: number;
  readonly result: Result<Value, StorageFailure>;
}

/** What the storage thread tells the main thread. */
export type Answer<Value> =
  | { readonly type: 'replies'; readonly replies: readonly Reply<Value>[] }
  | { readonly type: 'notice'; readonly database: number; readonly notice: StorageNotice };
