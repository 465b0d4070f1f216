import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { openOutbox, type DroppedItem, type Outbox } from '../../src/outbox';
import { mountMemory, run } from './mounts';
import { drain, checkAgainst, type Said } from './observer';
import { DESTINATION, readingOf } from './readings';
import { emptyVerdict, type Verdict } from './verdict';

const DISK_BYTES = 12 * 2 ** 20;

/** What happened on the full disk, beside the observer's verdict. */
export interface FullDiskVerdict extends Verdict {
  /** Readings that were not accepted, because the disk was full. */
  turnedAway: number;
  /** Kinds of the notices, in their order. */
  notices: readonly string[];
}

/**
 * Fills a small disk with readings, `count` times: then another program takes what is left of it, half of the readings
 * are delivered (which must work on a full disk), the other program leaves, and readings must be accepted again.
 */
export async function runFullDisks(count: number): Promise<FullDiskVerdict> {
  const place = await mkdtemp(join(tmpdir(), 'outbox-full-'));
  const verdict: FullDiskVerdict = { ...emptyVerdict(), turnedAway: 0, notices: [] };
  const disk = await mountMemory(join(place, 'disk'), DISK_BYTES);
  const folder = join(disk, 'sensorpost');
  const notices: string[] = [];
  const outbox = open(folder, notices);
  try {
    const said = {
      accepted: new Set<number>(),
      delivered: new Map<number, number>(),
      acknowledged: new Set<number>(),
      revived: new Set<number>(),
      other: [],
    };
    for (let round = 0; round < count; round += 1) {
      verdict.turnedAway += await fill(outbox, said.accepted, round * 1_000_000 + 1);
      const filler = join(disk, 'filler');
      takeAllRoom(filler);
      await deliverHalf(outbox, said);
      rmSync(filler);
      verdict.faults += 1;
      if (!(await recovers(outbox, said.accepted, round * 1_000_000 + 900_000))) verdict.stuck += 1;
    }
    await outbox.close();
    checkAgainst(said, await drain(folder), verdict, 'killed after the answer');
    verdict.notices = notices;
  } finally {
    await outbox.close();
    await run('umount', disk);
    await rm(place, { recursive: true, force: true });
  }
  return verdict;
}

/** Fills a small disk up to the bound of free room again and again; returns what was dropped and how much is free. */
export async function runDiskBound(
  freeDisk: number,
): Promise<{ readonly dropped: readonly DroppedItem[]; readonly accepted: number }> {
  const place = await mkdtemp(join(tmpdir(), 'outbox-bound-'));
  const disk = await mountMemory(join(place, 'disk'), DISK_BYTES);
  const outbox = open(join(disk, 'sensorpost'), []);
  const dropped: DroppedItem[] = [];
  let accepted = 0;
  try {
    for (let number = 1; number <= 12_000; number += 64) {
      const numbers = Array.from({ length: 64 }, (_, index) => number + index);
      const results = await Promise.all(
        numbers.map((each) => outbox.accept({ ...readingOf(each), images: [] })),
      );
      accepted += results.filter((result) => result.ok).length;
      if (number % 640 !== 1) continue;
      const more = await outbox.enforce(DESTINATION, { ageMs: Infinity, bytes: Infinity, freeDisk });
      if (more.ok) dropped.push(...more.value);
    }
  } finally {
    await outbox.close();
    await run('umount', disk);
    await rm(place, { recursive: true, force: true });
  }
  return { dropped, accepted };
}

function open(folder: string, notices: string[]): Outbox {
  return openOutbox({
    folder,
    now: Date.now,
    isClockSet: () => true,
    report: (notice) => notices.push(notice.kind),
  });
}

/** The outbox looks for room a few times a second; the rest is patience with a machine that is busy. */
const LONGEST_UNTIL_RECOVERED_MS = 10_000;
const BETWEEN_OFFERS_MS = 20;

/** Offers readings until one is accepted again; returns whether one was. */
async function recovers(outbox: Outbox, accepted: Set<number>, first: number): Promise<boolean> {
  const last = first + LONGEST_UNTIL_RECOVERED_MS / BETWEEN_OFFERS_MS;
  for (let number = first; number < last; number += 1) {
    const result = await outbox.accept(readingOf(number));
    if (result.ok) accepted.add(number);
    if (result.ok) return true;
    await wait(BETWEEN_OFFERS_MS);
  }
  return false;
}

/** Accepts until the disk is full; returns how many readings were refused. */
async function fill(outbox: Outbox, accepted: Set<number>, first: number): Promise<number> {
  for (let number = first; ; number += 64) {
    const numbers = Array.from({ length: 64 }, (_, index) => number + index);
    const results = await Promise.all(numbers.map((each) => outbox.accept(readingOf(each))));
    for (const [index, result] of results.entries()) if (result.ok) accepted.add(number + index);
    const refused = results.filter((result) => !result.ok && result.failure.kind === 'full').length;
    if (refused === results.length) return refused;
  }
}

/** Fills a disk to its last byte, as another program may. */
export function takeAllRoom(file: string): void {
  const handle = openSync(file, 'w');
  try {
    for (const size of [65_536, 512]) {
      try {
        for (;;) if (writeSync(handle, Buffer.alloc(size)) === 0) break;
      } catch {
        // The disk is full: smaller pieces may still fit.
      }
    }
  } finally {
    closeSync(handle);
  }
}

async function deliverHalf(
  outbox: Outbox,
  said: Said & { delivered: Map<number, number>; acknowledged: Set<number> },
): Promise<void> {
  const half = said.accepted.size - said.delivered.size;
  for (let done = 0; done < half / 2;) {
    const leased = await outbox.lease(DESTINATION, { count: 2000, bytes: 2 ** 20 });
    if (!leased.ok || leased.value.length === 0)
      throw new Error(leased.ok ? 'Nothing is due' : leased.failure.message);
    const numbers = leased.value.map((item): number => JSON.parse(item.body).number);
    for (const number of numbers) said.delivered.set(number, (said.delivered.get(number) ?? 0) + 1);
    const acknowledged = await outbox.acknowledge(leased.value.map((item) => item.id));
    if (!acknowledged.ok) throw new Error(acknowledged.failure.message);
    for (const number of numbers) said.acknowledged.add(number);
    done += numbers.length;
  }
}
