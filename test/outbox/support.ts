import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Failure, Result } from '../../src/result';
import { openOutbox, type KeptItem, type NewItem, type Outbox, type OutboxNotice } from '../../src/outbox';

export const START = Date.UTC(2026, 4, 1, 12);

/** How long the machine of a test has been running at `START`. */
const UPTIME_MS = 100_000_000_000;

/** An outbox in a folder of its own, with clocks that stand until they are told to pass. */
export interface TestOutbox {
  readonly folder: string;
  readonly notices: OutboxNotice[];
  /** `time` is that of the wall clock, which is `jumpMs` ahead of what the uptime says. */
  readonly clock: { time: number; isSet: boolean; jumpMs: number };
  outbox: Outbox;
  /** Closes the outbox and opens it again, as a restart does. */
  reopen(): Promise<void>;
  /** Changes the file by SQL, as a failing disk or another version may; then opens it again. */
  alter(sql: string): Promise<void>;
  remove(): Promise<void>;
}

/** @param prepare writes what the folder has before the outbox is opened */
export async function testOutbox(prepare?: (folder: string) => Promise<void>): Promise<TestOutbox> {
  const folder = join(await mkdtemp(join(tmpdir(), 'outbox-')), 'sensorpost');
  await prepare?.(folder);
  const notices: OutboxNotice[] = [];
  const clock = { time: START, isSet: true, jumpMs: 0 };
  const open = () =>
    openOutbox({
      folder,
      now: () => clock.time,
      isClockSet: () => clock.isSet,
      uptime: () => ({ boot: 'boot', ms: clock.time - clock.jumpMs - START + UPTIME_MS }),
      report: (notice) => notices.push(notice),
    });
  const test: TestOutbox = {
    folder,
    notices,
    clock,
    outbox: open(),
    reopen: async () => {
      await test.outbox.close();
      test.outbox = open();
    },
    alter: async (sql) => {
      await test.outbox.close();
      // Not there without a flag on the oldest Node.js, on which other parts of this module are used.
      const { DatabaseSync } = await import('node:sqlite');
      const database = new DatabaseSync(join(folder, 'outbox.sqlite'));
      database.exec(sql);
      database.close();
      test.outbox = open();
    },
    remove: async () => {
      await test.outbox.close();
      await rm(join(folder, '..'), { recursive: true, force: true });
    },
  };
  return test;
}

export function newItem(given: Partial<NewItem> = {}): NewItem {
  return {
    destination: 'senio https://example.com sensor-1',
    group: '',
    timestamp: START + 0.25,
    body: '{"value":21.5}',
    images: [],
    origin: '{"node":"n1","topic":"indoors"}',
    ...given,
  };
}

/** The value of a result that must have worked. */
export async function value<Value>(result: Promise<Result<Value, Failure<string>>>): Promise<Value> {
  const awaited = await result;
  assert.ok(awaited.ok, awaited.ok ? '' : awaited.failure.message);
  return awaited.value;
}

/** The kind of the failure of a result that must not have worked. */
export async function kind(result: Promise<Result<unknown, Failure<string>>>): Promise<string> {
  const awaited = await result;
  assert.ok(!awaited.ok, 'It worked');
  return awaited.failure.kind;
}

export function ids(items: readonly Pick<KeptItem, 'id'>[]): number[] {
  return items.map((item) => item.id);
}

export const PLENTY = { count: 1000, bytes: 2 ** 30 };
