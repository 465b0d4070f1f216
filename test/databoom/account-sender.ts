/** The sender of an account as a config node has it: with first contacts, and with what the outbox remembers of signals. */
import {
  createKnownSignals,
  listSignalStatuses,
  metaOfSignal,
  openDataboomAccount,
  pushCodec,
  withFirstContact,
  type Push,
  type SignalDescription,
  type SignalMemory,
} from '../../src/databoom';
import { createSender, type Sender, type SenderEvents, type Transport } from '../../src/delivery';
import type { HttpClient } from '../../src/http';
import type { Outbox } from '../../src/outbox';
import { success } from '../../src/result';
import { value } from '../outbox/support';
import { valueOf } from '../support/results';

export const QUEUE = 'databoom https://example.com/v1/signals/push#account';
export const TOKEN = 'b64/of+an+account==';

/** Pauses in which nobody has to wait long. */
const POLICY = {
  backoffBaseMs: 2,
  backoffCapMs: 20,
  laneBaseMs: 2,
  laneCapMs: 20,
  pausedMs: 20,
  retryAfterCapMs: 20,
  batch: { count: 20, bytes: 1e6 },
};

export interface AccountOptions {
  readonly outbox: Outbox;
  readonly url: string;
  readonly http: HttpClient;
  /** That of the account; `TOKEN` where it is left out. */
  readonly token?: string;
  readonly warn?: (text: string) => void;
  /** What the config node says of signals. */
  readonly described?: readonly SignalDescription[];
}

/** The transport of a new process. */
export function openTransport({
  outbox,
  url,
  http,
  token = TOKEN,
  warn = () => {},
  described = [],
}: AccountOptions): Transport<Push> {
  const account = { server: url, token };
  const memory: SignalMemory = {
    known: (device) => value(outbox.knownNames(QUEUE, device)),
    remember: (device, names) => value(outbox.addKnownNames(QUEUE, device, names)),
  };
  const known = createKnownSignals({
    memory,
    list: (signal, nextRequest) => listSignalStatuses(account, http, signal, nextRequest),
    warn,
  });
  const metaOf = (name: string) =>
    metaOfSignal(
      name,
      described.find((each) => each.name === name),
    );
  return withFirstContact(valueOf(openDataboomAccount(account, http)), { known, metaOf });
}

const nothing = () => {};

export function startSender(
  outbox: Outbox,
  transport: Transport<Push>,
  events: Partial<SenderEvents> = {},
): Sender<Push> {
  return createSender<Push>({
    outbox,
    destination: QUEUE,
    transport: success(transport),
    codec: pushCodec,
    policy: POLICY,
    events: { delivered: nothing, refused: nothing, dropped: nothing, changed: nothing, ...events },
  });
}
