import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Node, NodeAPI, NodeDef, NodeMessage, NodeMessageInFlow } from 'node-red';
import { failed, success, type Failure, type Result } from '../result';
import { DATABOOM_IN, readSettings } from './contract';
import {
  evaluateInputs,
  failureStatus,
  findLogin,
  messagesOf,
  openReader,
  readQuestion,
  readStatus,
  type Answered,
  type DataboomLogin,
  type OpenReader,
} from './databoom-reading';
import { onInput, timekeeperOf, unexpected } from './runtime';

type Settings = typeof DATABOOM_IN;

/** Messages that wait for their turn: a server that is slower than the flow asks must not fill the memory. */
const MOST_WAITING = 20;

/** So many messages are sent before the rest of Node-RED has a turn. */
const SENT_AT_ONCE = 500;

/** Registers `databoom-in`: reads last values or a history of signals for each message. */
export = function register(RED: NodeAPI): void {
  function DataboomIn(this: Node, def: NodeDef): void {
    RED.nodes.createNode(this, def);
    const settings = readSettings(DATABOOM_IN, def);
    const closing = new AbortController();
    const access = createAccess(RED, settings.config);
    const show = (status: ReturnType<typeof readStatus>) => {
      if (!closing.signal.aborted) this.status(status);
    };
    let last: Promise<unknown> = Promise.resolve();
    let waiting = 0;

    const answer = async (msg: NodeMessageInFlow, send: (msg: NodeMessage) => void) => {
      show({ fill: 'blue', shape: 'ring', text: RED._('databoom-in.status.reading') });
      const answered = await ask(RED, this, settings, { access, msg, signal: closing.signal });
      if (!answered.ok) return answered.failure;
      const id = RED.util.generateId();
      const copy = (rest: NodeMessage) => RED.util.cloneMessage(rest);
      let sent = 0;
      for (const message of messagesOf(msg, answered.value, { output: settings.output, copy, id })) {
        if (closing.signal.aborted) return CLOSED;
        send(message);
        sent += 1;
        if (sent % SENT_AT_ONCE === 0) await nextTurn();
      }
      show(readStatus(RED._, answered.value, timekeeperOf(RED).now()));
      return undefined;
    };

    onInput(this, async (msg, send) => {
      if (waiting >= MOST_WAITING) return BUSY;
      waiting += 1;
      // One after another, so that the messages of one question stay together.
      const turn = last
        .then(() => answer(msg, send))
        .catch((error: unknown) => unexpected(error))
        .finally(() => (waiting -= 1));
      last = turn;
      const failure = await turn;
      if (failure) show(failureStatus(RED._, failure));
      return failure;
    });

    this.on('close', (done: () => void) => {
      closing.abort();
      const end = () => {
        access.close();
        this.status({});
        done();
      };
      void last.finally(end);
    });
  }

  RED.nodes.registerType('databoom-in', DataboomIn);
};

const BUSY: Failure<'busy'> = {
  kind: 'busy',
  message: `${MOST_WAITING} messages wait already for what they ask: ask less often`,
};

const CLOSED: Failure<'cancelled'> = { kind: 'cancelled', message: 'The node was stopped meanwhile' };

/** The way to the account of a node. */
interface Access {
  find(): Result<OpenReader, Failure<'misconfigured'>>;
  close(): void;
}

/** Opens the reader of a config node when it is first needed, and anew after the config node was deployed anew. */
function createAccess(RED: NodeAPI, config: string): Access {
  let open: OpenReader | undefined;
  let openedFor: DataboomLogin | undefined;

  function close(): void {
    open?.close();
    open = undefined;
  }

  return {
    find() {
      const login = findLogin(RED, config);
      if (!login.ok) return login;
      if (open && openedFor === login.value) return success(open);
      close();
      const opened = openReader(RED, login.value);
      if (!opened.ok) return opened;
      [open, openedFor] = [opened.value, login.value];
      return success(opened.value);
    },
    close,
  };
}

/** What one message asks. */
interface Asking {
  readonly access: Access;
  readonly msg: NodeMessageInFlow;
  readonly signal: AbortSignal;
}

async function ask(
  RED: NodeAPI,
  node: Node,
  settings: Settings,
  { access, msg, signal }: Asking,
): Promise<Result<Answered, Failure<string>>> {
  if (signal.aborted) return failed(CLOSED);
  const inputs = await evaluateInputs(RED, node, settings, msg);
  if (!inputs.ok) return inputs;
  const question = readQuestion(settings, inputs.value, timekeeperOf(RED).now());
  if (!question.ok) return question;
  const found = access.find();
  if (!found.ok) return found;
  const { choice, range } = question.value;
  const { reader } = found.value;
  if (!range) {
    const read = await reader.readLatest(choice, signal);
    return read.ok ? success({ operation: 'latest', read: read.value }) : read;
  }
  const read = await reader.readHistory(choice, range, signal);
  const { periodValue } = range;
  return read.ok ? success({ operation: 'history', read: read.value, periodValue }) : read;
}
