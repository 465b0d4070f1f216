/** One connection through a network that fails: passes requests and their answers, or what a fault leaves of them. */
import type { Socket } from 'node:net';

/** What becomes of a request and its answer. */
export type RequestFault =
  | 'none'
  | 'stalls in the request'
  | 'stalls in the answer'
  | 'reset in the request'
  | 'reset in the headers'
  | 'reset in the body'
  /** The connection ends after the first line of the answer. */
  | 'cut after the status line'
  /** The complete answer is followed by its body once more. */
  | 'body twice'
  /** The complete answer is followed by all of it once more. */
  | 'answer twice';

export interface RelayOptions {
  /** The publisher's side, TLS being undone. */
  readonly client: Socket;
  readonly server: Socket;
  /** Ends the publisher's connection with a reset. */
  readonly reset: () => void;
  readonly draw: () => RequestFault;
  /** When the connection was taken. */
  readonly takenAt: number;
  readonly happened: (fault: RequestFault) => void;
  /** A whole answer was handed over, so many milliseconds after its request began. */
  readonly passed: (answer: number, tookMs: number) => void;
}

/** A reset throws away what its receiver has not read yet: so long it gets, in milliseconds. */
const BEFORE_RESET_MS = 20;

const NOTHING = Buffer.alloc(0);

/** What is known of the request that is under way. */
interface UnderWay {
  readonly fault: RequestFault;
  readonly begunAt: number;
  /** What came of it, and how much of that was passed on. */
  received: Buffer;
  passedOn: number;
  answer: Buffer;
}

/** Passes what comes on either side to the other until one of them closes. */
export function createRelay(options: RelayOptions): void {
  const { client, server } = options;
  let underWay: UnderWay | undefined;
  let beginsAt: number | undefined = options.takenAt;

  client.on('data', (chunk: Buffer) => {
    underWay ??= begin();
    underWay.received = Buffer.concat([underWay.received, chunk]);
    passRequestOn(underWay, options);
  });
  server.on('data', (chunk: Buffer) => {
    if (!underWay) return;
    underWay.answer = Buffer.concat([underWay.answer, chunk]);
    const message = completeIn(underWay.answer);
    if (!message) return;
    passAnswerOn(underWay, message, options);
    underWay = undefined;
  });
  client.on('close', () => server.destroy());
  server.on('close', () => client.end());

  function begin(): UnderWay {
    // The publisher's patience with the first request of a connection began before the connection was there.
    const begunAt = beginsAt ?? performance.now();
    beginsAt = undefined;
    return { fault: options.draw(), begunAt, received: NOTHING, passedOn: 0, answer: NOTHING };
  }
}

function passRequestOn(underWay: UnderWay, { client, server, reset, happened }: RelayOptions): void {
  const { fault, received, passedOn } = underWay;
  const isCut = fault === 'reset in the request' || fault === 'stalls in the request';
  const head = headIn(received);
  // The middle is known once all headers are there.
  if (isCut && !head) return;
  const most = isCut && head ? middleOf(head) : received.length;
  server.write(received.subarray(passedOn, most));
  underWay.passedOn = Math.min(most, received.length);
  if (!isCut || received.length <= most) return;
  happened(fault);
  if (fault === 'stalls in the request') client.pause();
  else reset();
}

/** Where the middle of a request is of which these are the headers. */
function middleOf(head: Buffer): number {
  const length = Number(/^content-length: *(\d+)/im.exec(head.toString('latin1'))?.[1] ?? 0);
  return head.length + Math.floor(length / 2);
}

/** A complete answer. */
interface Message {
  readonly head: Buffer;
  readonly body: Buffer;
}

const END_OF_HEAD = '\r\n\r\n';
/** The service does not know the length of its answers beforehand. */
const LAST_CHUNK = '\r\n0\r\n\r\n';

function headIn(bytes: Buffer): Buffer | undefined {
  const end = bytes.indexOf(END_OF_HEAD);
  return end === -1 ? undefined : bytes.subarray(0, end + END_OF_HEAD.length);
}

function completeIn(answer: Buffer): Message | undefined {
  const head = headIn(answer);
  if (!head || !answer.toString('latin1').endsWith(LAST_CHUNK)) return undefined;
  return { head, body: answer.subarray(head.length) };
}

/** What comes of an answer, and what becomes of its connection. */
interface Remainder {
  readonly of: (answer: Message) => readonly Buffer[];
  readonly connection: 'goes on' | 'stalls' | 'is cut' | 'is reset';
}

const COMPLETE: Remainder = { of: ({ head, body }) => [head, body], connection: 'goes on' };

const REMAINDERS: Readonly<Record<RequestFault, Remainder>> = {
  none: COMPLETE,
  // Of these no answer comes at all.
  'stalls in the request': COMPLETE,
  'reset in the request': COMPLETE,
  'stalls in the answer': { of: ({ head, body }) => [head, firstHalfOf(body)], connection: 'stalls' },
  'reset in the headers': { of: ({ head }) => [firstHalfOf(head)], connection: 'is reset' },
  'reset in the body': { of: ({ head, body }) => [head, firstHalfOf(body)], connection: 'is reset' },
  'cut after the status line': {
    of: ({ head }) => [head.subarray(0, head.indexOf('\n') + 1)],
    connection: 'is cut',
  },
  'body twice': { of: ({ head, body }) => [head, body, body], connection: 'goes on' },
  'answer twice': { of: ({ head, body }) => [head, body, head, body], connection: 'goes on' },
};

function firstHalfOf(bytes: Buffer): Buffer {
  return bytes.subarray(0, Math.floor(bytes.length / 2));
}

function passAnswerOn({ fault, begunAt }: UnderWay, message: Message, options: RelayOptions): void {
  const { client, reset, happened, passed } = options;
  if (fault !== 'none') happened(fault);
  const { of, connection } = REMAINDERS[fault];
  const answer = Number(/^x-answer: (\d+)/im.exec(message.head.toString('latin1'))?.[1]);
  // In one piece, so that what does not belong there comes before the publisher uses the connection again.
  client.write(Buffer.concat(of(message)), () => {
    if (connection === 'goes on') passed(answer, performance.now() - begunAt);
  });
  if (connection === 'is cut') client.end();
  if (connection === 'is reset') setTimeout(reset, BEFORE_RESET_MS);
}
