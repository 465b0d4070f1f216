import type { Result } from '../result';
import type { StorageFailure, StorageNotice } from './types';

/**
 * Opens a database in the storage thread. In all messages, `Value` is `unknown` on the sending side and `never` on the
 * receiving side, which passes it on to code that knows its type.
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

/** A message from the main thread to the storage thread. */
export type Request<Value> = OpenRequest<Value> | CallRequest<Value> | CloseRequest;

/** The result of one call. */
export interface Reply<Value> {
  readonly call: number;
  readonly result: Result<Value, StorageFailure>;
}

/** A message from the storage thread to the main thread. */
export type Answer<Value> =
  | { readonly type: 'replies'; readonly replies: readonly Reply<Value>[] }
  | { readonly type: 'notice'; readonly database: number; readonly notice: StorageNotice };
