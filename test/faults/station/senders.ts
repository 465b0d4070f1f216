/** Senders that post to a station at the same time, and know what each of them was told. */
import { setTimeout as wait } from 'node:timers/promises';
import { isPlainObject } from '../../../src/fields';
import { until, within } from '../../support/waiting';
import { canConflict, SENDERS, type Post, type Posts } from './posts';

/** What senders were told of their posts, by the posts' numbers. */
export interface Told {
  readonly sent: ReadonlySet<number>;
  /** Answered with 2xx. */
  readonly acknowledged: ReadonlySet<number>;
  /** Refused for good, each with a reason; the status that said so. */
  readonly refused: ReadonlyMap<number, number>;
}

/** The sender that does not send again what got no answer: whether that was kept, nobody knows. */
const FORGETFUL_SENDER = 2;

/** One acknowledged measurement in so many is sent again with another value. */
const CONFLICT_EVERY = 10;

/** How long a sender waits after an answer that asks to come again, in milliseconds: a fraction of what a real one does. */
const PAUSE_MS = 20;

/** How often a post is tried in the end. One try may meet a connection that the station has just closed for its age. */
const MOST_TRIES = 50;

/** The statuses that ask to come again. */
const AGAIN: ReadonlySet<number> = new Set([408, 429, 503]);

export class Senders implements Told {
  readonly sent = new Set<number>();
  readonly acknowledged = new Set<number>();
  readonly refused = new Map<number, number>();
  /** Answers that a station must not give, in words. */
  readonly strange: string[] = [];
  /** How many posts were sent again because they had got no answer, or one that asked for it. */
  repeated = 0;
  /** How many answers asked to send a post again, each with a reason. */
  turnedAway = 0;
  readonly #posts: Posts;
  /** Of each sender, what it has to send again. */
  readonly #waiting: readonly number[][] = Array.from({ length: SENDERS }, () => []);
  /** How many posts each of them has made. */
  readonly #counts: number[];
  #underWay: Promise<unknown> = Promise.resolve();
  #isSending = false;

  /** @param made how many posts each of them has made before */
  constructor(posts: Posts, made = 0) {
    this.#posts = posts;
    this.#counts = Array.from({ length: SENDERS }, () => made);
  }

  /** What they know at this moment. */
  told(): Told {
    const { sent, acknowledged, refused } = this;
    return { sent: new Set(sent), acknowledged: new Set(acknowledged), refused: new Map(refused) };
  }

  /** All of them post to the station at an address until `end`. */
  start(url: string): void {
    this.#isSending = true;
    const sendOn = async (sender: number) => {
      while (this.#isSending) await this.#sendOne(url, sender);
    };
    this.#underWay = Promise.all(Array.from({ length: SENDERS }, (_, sender) => sendOn(sender)));
  }

  /** Resolves once so many more posts are acknowledged. */
  async haveMore(count: number): Promise<void> {
    const before = this.acknowledged.size;
    await until(
      () => `${count} more acknowledged posts; strange answers: ${this.strange.slice(-3).join('; ')}`,
      () => this.acknowledged.size >= before + count,
    );
  }

  /** They post no more; resolves when nothing is under way. */
  async end(): Promise<void> {
    this.#isSending = false;
    await within('the answers to all posts', this.#underWay);
  }

  /** Each sends again what waits for that, and one post more, one after the other. @returns whether all was answered */
  async finish(url: string): Promise<boolean> {
    for (let sender = 0; sender < SENDERS; sender += 1) {
      const last = (this.#counts[sender] ?? 0) + 1;
      let failed = 0;
      while ((this.#counts[sender] ?? 0) < last || (this.#waiting[sender] ?? []).length > 0) {
        failed = (await this.#sendOne(url, sender)) ? 0 : failed + 1;
        if (failed === MOST_TRIES) return false;
      }
    }
    return true;
  }

  /** One sender's next post: what it has to send again, else a new one. @returns whether it has its answer */
  async #sendOne(url: string, sender: number): Promise<boolean> {
    const waiting = this.#waiting[sender] ?? [];
    const again = waiting.shift();
    if (again !== undefined) this.repeated += 1;
    const number = again ?? this.#nextOf(sender);
    this.sent.add(number);
    // Where the station is gone, as a killed one is, what was under way has no answer.
    const isAnswered = await this.#send(url, number).catch(() => false);
    if (isAnswered) return true;
    if (sender !== FORGETFUL_SENDER) waiting.unshift(number);
    await wait(PAUSE_MS);
    return false;
  }

  #nextOf(sender: number): number {
    const count = (this.#counts[sender] ?? 0) + 1;
    this.#counts[sender] = count;
    return sender + count * SENDERS;
  }

  /** Sends a post. @returns whether it has its answer: else it is to be sent again; rejects where there is none */
  async #send(url: string, number: number): Promise<boolean> {
    const post = this.#posts.of(number);
    const { status, text } = await sendPost(url, post);
    const said = `post ${number} to ${post.path} was answered with ${status}: ${text.slice(0, 200)}`;
    if (status >= 200 && status < 300) {
      this.acknowledged.add(number);
      if (post.due === 'refused') this.strange.push(`${said}, though it must be refused`);
      const isConflictDue = canConflict(number) && Math.floor(number / SENDERS) % CONFLICT_EVERY === 0;
      if (isConflictDue) await this.#sendConflicting(url, number);
      return true;
    }
    if (!hasReason(text)) this.strange.push(`${said}, without a reason`);
    if (AGAIN.has(status)) {
      this.turnedAway += 1;
      return false;
    }
    if (status < 400 || status >= 500) this.strange.push(said);
    else if (post.due === 'taken') this.strange.push(`${said}, though nothing is wrong with it`);
    this.refused.set(number, status);
    return true;
  }

  /** The answer to a post for a place that is taken says what is kept there, and that stays. */
  async #sendConflicting(url: string, number: number): Promise<void> {
    const { status, text } = await sendPost(url, this.#posts.conflicting(number));
    const { values } = this.#posts.of(number);
    const kept = [...values.values()].every((value) => text.includes(`:${String(value)}`));
    if (!AGAIN.has(status) && (status !== 201 || !kept))
      this.strange.push(
        `another value for post ${number} was answered with ${status}: ${text.slice(0, 200)}`,
      );
  }
}

async function sendPost(
  url: string,
  { path, secret, json, picture }: Post,
): Promise<{ readonly status: number; readonly text: string }> {
  const authorization = { Authorization: `Bearer ${secret}` };
  const headers = picture ? authorization : { ...authorization, 'Content-Type': 'application/json' };
  const body = picture ? formOf(json, picture) : json;
  const response = await fetch(`${url}${path}`, { method: 'POST', headers, body });
  return { status: response.status, text: await response.text() };
}

function formOf(json: string, picture: Uint8Array): FormData {
  const form = new FormData();
  form.append('json', json);
  form.append('photo', new Blob([new Uint8Array(picture)]), 'photo.png');
  return form;
}

/** Whether an answer that says no says why. */
function hasReason(text: string): boolean {
  try {
    const body: unknown = JSON.parse(text);
    return isPlainObject(body) && typeof body['error'] === 'string' && body['error'].length > 10;
  } catch {
    return false;
  }
}
