/** Receiving a request's body as it streams in, bounded in size and time. */
import type { IncomingMessage } from 'node:http';
import { success, type Result } from '../result';
import { MAX_PENDING_BYTES, SLOWEST_REQUEST_FACTOR } from './limits';
import { refuse, type Refusal } from './refusal';

/** What becomes of a body's bytes. */
export interface BodyReader<Value> {
  /** Begins. `settle` ends the reception, early or not; later calls of it do nothing. */
  start(settle: (result: Result<Value, Refusal>) => void): void;
  /** Takes the next bytes, and calls `done` when it can take more. */
  write(chunk: Buffer, done: () => void): void;
  end(): void;
  /** Lets go of what it has: the reception has failed. */
  cancel(): void;
}

/** Receives the bodies of one station. */
export class Receiver {
  readonly #maxBytes: number;
  readonly #inactivityMs: number;
  #pendingBytes = 0;

  /** @param limits bytes of one request; milliseconds after which a silent client is given up */
  constructor(limits: { readonly maxBytes: number; readonly inactivityMs: number }) {
    this.#maxBytes = limits.maxBytes;
    this.#inactivityMs = limits.inactivityMs;
  }

  /**
   * Feeds the body to `reader` until that settles, or a limit or the client ends it. The rest of a body that is not
   * wanted any more stays unread.
   */
  receive<Value>(request: IncomingMessage, reader: BodyReader<Value>): Promise<Result<Value, Refusal>> {
    if (Number(request.headers['content-length'] ?? 0) > this.#maxBytes) {
      return Promise.resolve(this.#tooLarge());
    }
    return new Promise((resolve) => {
      let received = 0;
      let isSettled = false;
      const settle = (result: Result<Value, Refusal>) => {
        if (isSettled) return;
        isSettled = true;
        request.off('data', take).off('end', end).off('close', hangUp).pause();
        clearTimeout(inactivity);
        clearTimeout(deadline);
        this.#pendingBytes -= received;
        if (!result.ok) reader.cancel();
        resolve(result);
      };
      const giveUp = () => settle(refuse('slow', 'The request came too slowly. Send it again.'));
      const hangUp = () =>
        settle(refuse('aborted', 'The connection was closed before the request was complete.'));
      const inactivity = setTimeout(giveUp, this.#inactivityMs);
      const deadline = setTimeout(giveUp, this.#inactivityMs * SLOWEST_REQUEST_FACTOR);
      const goOn = () => {
        if (isSettled) return;
        inactivity.refresh();
        request.resume();
      };
      const take = (chunk: Buffer) => {
        inactivity.refresh();
        received += chunk.length;
        this.#pendingBytes += chunk.length;
        if (received > this.#maxBytes) settle(this.#tooLarge());
        else if (this.#pendingBytes > MAX_PENDING_BYTES) settle(tooBusy());
        else {
          // Not faster than the disk.
          request.pause();
          reader.write(chunk, goOn);
        }
      };
      const end = () => {
        // The request closes after its end too, and a reader may settle later than that.
        request.off('close', hangUp);
        reader.end();
      };
      reader.start(settle);
      request.on('data', take).once('end', end).once('close', hangUp).once('error', hangUp);
    });
  }

  #tooLarge() {
    return refuse('tooLarge', `The request is larger than ${this.#maxBytes} bytes. Send smaller pictures.`);
  }
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
