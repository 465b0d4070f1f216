import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openOutbox, type KeptItem, type OutboxNotice } from '../../src/outbox';
import { until, within } from '../support/waiting';
import { DESTINATION, numberOf, readingOf } from './readings';
import { countDuplicate, type Cause, type Verdict } from './verdict';
import { TYPESCRIPT_OPTIONS } from '../support/typescript';

/** What a writer said, in its own words. */
export interface Said {
  readonly accepted: ReadonlySet<number>;
  /** How often each reading was delivered. */
  readonly delivered: ReadonlyMap<number, number>;
  readonly acknowledged: ReadonlySet<number>;
  /** Delivered again after their acknowledging had been acknowledged. */
  readonly revived: ReadonlySet<number>;
  readonly other: readonly string[];
}

/** A writer process and the file that it writes to. */
export interface Writer {
  readonly child: ChildProcess;
  readonly log: string;
  /** Resolves once the log has so many acceptances; rejects where the process ends before. */
  hasAccepted(count: number): Promise<void>;
  kill(): Promise<NodeJS.Signals | null>;
}

/** Starts a writer that appends to `log`. */
export function startWriter(folder: string, log: string, first: number, mostWaiting = 3000): Writer {
  const output = openSync(log, 'a');
  const child = spawn(
    process.execPath,
    [...TYPESCRIPT_OPTIONS, join(__dirname, 'writer.ts'), folder, String(first), String(mostWaiting)],
    { stdio: ['ignore', output, 'inherit'] },
  );
  closeSync(output);
  const exited = once(child, 'exit');

  async function hasAccepted(count: number): Promise<void> {
    await until(`${count} accepted readings`, () => {
      if (child.exitCode !== null) throw new Error(`The writer ended: ${read(log).other.join(', ')}`);
      return read(log).accepted.size >= count;
    });
  }

  async function kill(): Promise<NodeJS.Signals | null> {
    child.kill('SIGKILL');
    await within('the killed writer to end', exited);
    return child.signalCode;
  }

  return { child, log, hasAccepted, kill };
}

/** Reads a writer's log. A last line that was cut off counts as not said. */
export function read(log: string): Said {
  const accepted = new Set<number>();
  const delivered = new Map<number, number>();
  const acknowledged = new Set<number>();
  const revived = new Set<number>();
  const other: string[] = [];
  for (const line of readFileSync(log, 'utf8').split('\n').slice(0, -1)) {
    const number = Number(line.slice(2));
    if (line.startsWith('a ')) accepted.add(number);
    else if (line.startsWith('d ')) {
      delivered.set(number, (delivered.get(number) ?? 0) + 1);
      if (acknowledged.has(number)) revived.add(number);
    } else if (line.startsWith('s ')) acknowledged.add(number);
    else other.push(line);
  }
  return { accepted, delivered, acknowledged, revived, other };
}

/** What an outbox held, and what it reported meanwhile. */
export interface Drained {
  /** How often each reading was handed out. */
  readonly numbers: ReadonlyMap<number, number>;
  /** Readings that are not what was accepted. */
  readonly altered: readonly string[];
  readonly notices: readonly OutboxNotice[];
  /** Whether a fresh reading still gets through. */
  readonly works: boolean;
}

const FRESH = 999_999_999;

/** Opens an outbox, drains it as a sender does, refused items included, and checks each item. */
export async function drain(folder: string): Promise<Drained> {
  const numbers = new Map<number, number>();
  const altered: string[] = [];
  const notices: OutboxNotice[] = [];
  const outbox = openOutbox({
    folder,
    now: Date.now,
    isClockSet: () => true,
    report: (notice) => notices.push(notice),
  });
  try {
    for (let after = 0; ;) {
      const refused = await outbox.refused.list(DESTINATION, { after, count: 1000 });
      if (!refused.ok) throw new Error(refused.failure.message);
      if (refused.value.length === 0) break;
      after = refused.value.at(-1)?.id ?? 0;
      void outbox.refused.retry(refused.value.map((item) => item.id));
    }
    await outbox.accept(readingOf(FRESH));
    for (;;) {
      const leased = await outbox.lease(DESTINATION, { count: 500, bytes: 2 ** 22 });
      if (!leased.ok) throw new Error(leased.failure.message);
      if (leased.value.length === 0) break;
      for (const item of leased.value) {
        const number = numberOf(item.body) ?? -1;
        numbers.set(number, (numbers.get(number) ?? 0) + 1);
        if (!(await isIntact(item, number))) altered.push(`item ${item.id}: ${item.body}`);
      }
      void outbox.acknowledge(leased.value.map((item) => item.id));
    }
  } finally {
    await outbox.close();
  }
  return { numbers, altered, notices, works: numbers.get(FRESH) === 1 };
}

async function isIntact(item: KeptItem, number: number): Promise<boolean> {
  const { images, ...expected } = readingOf(number);
  const { destination, group, timestamp, body, origin } = item;
  if (JSON.stringify({ destination, group, timestamp, body, origin }) !== JSON.stringify(expected))
    return false;
  for (const [index, image] of images.entries()) {
    const bytes = await item.images[index]?.read();
    if (!bytes?.ok || !Buffer.from(bytes.value).equals(image.bytes)) return false;
  }
  return item.images.length === images.length;
}

/** Compares what was said with what is there. @param cause what ended the writer */
export function checkAgainst(said: Said, drained: Drained, verdict: Verdict, cause: Cause): void {
  verdict.accepted += said.accepted.size;
  for (const number of said.accepted)
    if (!said.delivered.has(number) && !drained.numbers.has(number)) verdict.lost += 1;
  const all = new Set([...said.delivered.keys(), ...drained.numbers.keys()]);
  verdict.delivered += all.size - (drained.works ? 1 : 0);
  verdict.unexplained += said.revived.size;
  for (const number of all) {
    const again = drained.numbers.get(number) ?? 0;
    if (again > 0 && said.acknowledged.has(number)) verdict.unexplained += 1;
    else if (again + (said.delivered.get(number) ?? 0) > 1) countDuplicate(verdict, cause);
  }
  verdict.altered += drained.altered.length;
  if (!drained.works) verdict.stuck += 1;
}
