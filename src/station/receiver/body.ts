/** Receiving a request's body as it streams in, bounded in size and time. */
import type { IncomingMessage } from 'node:http';
import { success, type Result } from '../../result';
import { addressOf, createQuota } from '../../serving';
import { refuse, type Refusal } from '../protocol';
import {
  MAX_BODIES,
  MAX_BODIES_PER_ADDRESS,
  MAX_PENDING_BYTES,
  MAX_PENDING_BYTES_PER_ADDRESS,
  SLOWEST_REQUEST_FACTOR,
} from './limits';

/** Turns the bytes of a body into a value. */
export interface BodyReader<Value> {
  /** Begins. `finish` ends the reception, early or not; later calls of it do nothing. */
  start(finish: (result: Result<Value, Refusal>) => void): void;
  /** Reads the next bytes, and calls `done` when it is ready for more. */
  write(chunk: Buffer, done: () => void): void;
  end(): void;
  /** Releases its resources, because the reception has failed. */
  cancel(): void;
}

/** Receives the bodies of one station's requests. */
export interface BodyReceiver {
  /**
   * Feeds the body to `reader` until that finishes, or a limit or the client ends it. The rest of the body stays
   * unread then.
   */
  receive<Value>(request: IncomingMessage, reader: BodyReader<Value>): Promise<Result<Value, Refusal>>;
}

/**
 * @param limits.maxBytes of one request
 * @param limits.inactivityMs milliseconds after which a silent client is cut off
 */
export function createBodyReceiver(limits: {
  readonly maxBytes: number;
  readonly inactivityMs: number;
}): BodyReceiver {
  const { maxBytes, inactivityMs } = limits;
  const bodies = createQuota({ inAll: MAX_BODIES, perAddress: MAX_BODIES_PER_ADDRESS });
  const pendingBytes = createQuota({ inAll: MAX_PENDING_BYTES, perAddress: MAX_PENDING_BYTES_PER_ADDRESS });

  function receive<Value>(
    request: IncomingMessage,
    reader: BodyReader<Value>,
  ): Promise<Result<Value, Refusal>> {
    if (Number(request.headers['content-length'] ?? 0) > maxBytes) return Promise.resolve(tooLarge(maxBytes));
    const address = addressOf(request);
    const leave = bodies.take(address);
    if (!leave) return Promise.resolve(tooBusy());
    const pending = pendingBytes.shareOf(address);
    return new Promise((resolve) => {
      let received = 0;
      let isFinished = false;
      const finish = (result: Result<Value, Refusal>) => {
        if (isFinished) return;
        isFinished = true;
        request.off('data', take).off('end', end).off('close', abort).pause();
        clearTimeout(inactivity);
        clearTimeout(deadline);
        leave();
        pending.giveBack();
        if (!result.ok) reader.cancel();
        resolve(result);
      };
      const giveUp = () => finish(tooSlow());
      const abort = () => finish(aborted());
      const inactivity = setTimeout(giveUp, inactivityMs);
      const deadline = setTimeout(giveUp, inactivityMs * SLOWEST_REQUEST_FACTOR);
      const goOn = () => {
        if (isFinished) return;
        inactivity.refresh();
        request.resume();
      };
      const take = (chunk: Buffer) => {
        inactivity.refresh();
        received += chunk.length;
        if (received > maxBytes) finish(tooLarge(maxBytes));
        else if (!pending.take(chunk.length)) finish(tooBusy());
        else {
          // Receives no faster than the disk writes.
          request.pause();
          reader.write(chunk, goOn);
        }
      };
      const end = () => {
        // The request closes after its end too, and a reader may finish later than that.
        request.off('close', abort);
        reader.end();
      };
      reader.start(finish);
      request.on('data', take).once('end', end).once('close', abort).once('error', abort);
    });
  }

  return { receive };
}

function tooLarge(maxBytes: number) {
  return refuse('tooLarge', `The request is larger than ${maxBytes} bytes. Send smaller pictures.`);
}

function tooSlow() {
  return refuse('slow', 'The request came too slowly. Send it again.');
}

function aborted() {
  return refuse('aborted', 'The connection was closed before the request was complete.');
}

function tooBusy() {
  return refuse('busy', 'Too many requests are being received at this moment. Send it again in a second.');
}

/** The media type that a request says its body is of, in lower case and without parameters. */
export function mediaTypeOf(request: IncomingMessage): string | undefined {
  return request.headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase();
}

/** A compressed body could be a thousand times larger than it looks, and no client of the two services sends one. */
export function checkEncoding(request: IncomingMessage): Result<undefined, Refusal> {
  const encoding = request.headers['content-encoding'];
  if (encoding === undefined || encoding.toLowerCase() === 'identity') return success(undefined);
  return refuse('unsupported', 'Send the body without a Content-Encoding.');
}
