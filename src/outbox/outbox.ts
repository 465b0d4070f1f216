import { statfs } from 'node:fs/promises';
import { join } from 'node:path';
import {
  createRetentionClock,
  schedule as scheduleByTimer,
  uptimeOfProcess,
  type ClockChange,
  type RetentionClock,
} from '../clock';
import { success } from '../result';
import { openDatabase, type Database, type StorageNotice, type StorageNoticeKind } from '../storage';
import { createAcceptance } from './acceptance';
import { imagesOf, type ImageFolder } from './images';
import { keptItem } from './kept-items';
import { createImports } from './imports';
import { createLists } from './lists';
import { openImages } from './named-images';
import type { LeasedIds, OutboxOperations, StoredItem } from './operations';
import type {
  Bounds,
  DroppedItem,
  ItemId,
  KeptItem,
  LeaseLimits,
  NoticeKind,
  Outbox,
  OutboxNotice,
  OutboxOptions,
  Outcome,
  SentItem,
} from './types';

/** From one time that items of a destination are dropped for their age to the next, in milliseconds. */
const BETWEEN_ROUNDS_MS = 60_000;

/**
 * Opens the outbox in a folder. Opening goes on in the background; if it fails, each call fails with the reason and the
 * next tries again.
 */
export function openOutbox(options: OutboxOptions): Outbox {
  const leased = new Map<string, Set<ItemId>>();
  const database = openDatabase<OutboxOperations, readonly LeasedIds[]>({
    file: join(options.folder, 'outbox.sqlite'),
    program: require.resolve('./program'),
    now: options.now,
    restore: () => [...leased].map(([destination, ids]) => ({ destination, ids: [...ids] })),
    notify,
  });
  const { images, note, sweeping } = openImages(database, options);
  const clock = openRetentionClock(database, options);
  const queue = createQueue(database, images, leased);
  const times = watchTimes(database, options.timekeeper);

  function notify(notice: StorageNotice): void {
    options.report(noticeOf(notice));
    note(notice);
  }

  async function close(): Promise<void> {
    times.close();
    clock.close();
    await sweeping;
    await database.close();
  }

  return {
    ...queue,
    ...createAcceptance(database, images, () => acceptanceTime(clock) ?? 0, options.timekeeper),
    enforce: enforcer(database, images, clock, options),
    newest: (destination, limits) => database.call('newest', { ...limits, destination }),
    counts: (destination) => database.call('counts', destination),
    countLanes: (destination, lanes) => database.call('countLanes', { destination, lanes }),
    destinations: () => database.call('destinations', null),
    ...createLists(database, images, queue.acknowledge),
    ...createImports(database, images, () => acceptanceTime(clock) ?? 0),
    pause: (destination) => database.call('pause', destination),
    resume: (destination) => database.call('resume', destination),
    reassign: (from, to) => database.call('reassign', { from, to, accepted: acceptanceTime(clock) }),
    knownNames: (destination, group) => database.call('knownNames', { destination, group }),
    addKnownNames: (destination, group, names) =>
      database.call('addKnownNames', { destination, group, names }),
    onTimesChanged: times.onChanged,
    daysAhead: clock.daysAhead,
    close,
  };
}

/** The time by which the age of items counts. */
function openRetentionClock(database: Database<OutboxOperations>, options: OutboxOptions): RetentionClock {
  return createRetentionClock({
    uptime: uptimeOfProcess,
    schedule: scheduleByTimer,
    ...options,
    subject: 'the outbox',
    load: () => database.call('readRetentionTime', null),
    store: (time) => void database.call('writeRetentionTime', time),
  });
}

/** When what is accepted now is accepted; undefined while the clock is not set. */
function acceptanceTime(clock: RetentionClock): number | undefined {
  const latest = clock.latest();
  return latest === undefined ? undefined : Math.floor(latest);
}

/** Tells the database what is known of this machine's clock, and listeners when times may have changed. */
function watchTimes(database: Database<OutboxOperations>, timekeeper: OutboxOptions['timekeeper']) {
  const listeners = new Set<(change: ClockChange) => void>();

  function learn(): void {
    const boot = timekeeper?.boot();
    if (boot) void database.call('learn', boot);
  }

  function clockChanged(change: ClockChange): void {
    learn();
    // The database runs reads in the order of their calls, so what listeners read has the new times.
    for (const listener of listeners) listener(change);
  }

  function onChanged(listener: (change: ClockChange) => void): () => void {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }

  const close = timekeeper?.onChange(clockChanged) ?? (() => {});
  learn();
  return { onChanged, close };
}

/** Nothing else goes to the other thread. */
function limitsOf({ count, bytes, except, exceptTimes }: LeaseLimits): LeaseLimits {
  return { count, bytes, except, exceptTimes };
}

function createQueue(
  database: Database<OutboxOperations>,
  folder: ImageFolder,
  leased: Map<string, Set<ItemId>>,
): Pick<Outbox, 'lease' | 'leaseLane' | 'acknowledge' | 'release' | 'releaseSent' | 'refuse'> {
  async function note(
    destination: string,
    call: Outcome<readonly StoredItem[]>,
  ): Outcome<readonly KeptItem[]> {
    const found = await call;
    if (!found.ok) return found;
    const ids = leased.get(destination) ?? new Set();
    leased.set(destination, ids);
    for (const { id } of found.value) ids.add(id);
    return success(found.value.map((item) => keptItem(folder, destination, item)));
  }

  function endLeases(ids: readonly ItemId[]): void {
    for (const leasedIds of leased.values()) for (const id of ids) leasedIds.delete(id);
  }

  async function acknowledge(ids: readonly ItemId[]): Outcome<void> {
    const deleted = await database.call('acknowledge', ids);
    if (!deleted.ok) return deleted;
    endLeases(ids);
    await folder.remove(deleted.value.images.flatMap((images) => imagesOf(images)));
    return success(undefined);
  }

  async function refuse(ids: readonly ItemId[], reason: string): Outcome<void> {
    const refused = await database.call('refuse', { ids, reason });
    if (refused.ok) endLeases(ids);
    return refused;
  }

  async function release(ids: readonly ItemId[]): Outcome<void> {
    const released = await database.call('release', ids);
    if (released.ok) endLeases(ids);
    return released;
  }

  async function releaseSent(items: readonly SentItem[]): Outcome<void> {
    // Nothing else goes to the other thread.
    const times = items.map(({ id, timestamp }) => ({ id, timestamp }));
    const released = await database.call('releaseSent', times);
    if (released.ok) endLeases(times.map(({ id }) => id));
    return released;
  }

  return {
    lease: (destination, limits) =>
      note(destination, database.call('lease', { ...limitsOf(limits), destination })),
    leaseLane: (destination, { lane, ...limits }) =>
      note(destination, database.call('leaseLane', { ...limitsOf(limits), destination, lane })),
    acknowledge,
    release,
    releaseSent,
    refuse,
  };
}

function enforcer(
  database: Database<OutboxOperations>,
  folder: ImageFolder,
  clock: RetentionClock,
  { folder: path, uptime = uptimeOfProcess }: OutboxOptions,
): Outbox['enforce'] {
  /** When items of a destination were last dropped for their age, by the uptime in milliseconds. */
  const rounds = new Map<string, number>();
  const isRoundDue = (destination: string) =>
    uptime().ms - (rounds.get(destination) ?? -Infinity) >= BETWEEN_ROUNDS_MS;
  // One after the other, because what one destination drops makes room on the disk for all.
  let last: Promise<unknown> = Promise.resolve();

  async function enforce(destination: string, bounds: Bounds): Outcome<readonly DroppedItem[]> {
    const disk = await statfs(path).catch(() => undefined);
    const missingOnDisk = disk ? (bounds.freeDisk * disk.blocks - disk.bavail) * disk.bsize : 0;
    const earliest = isRoundDue(destination) ? await clock.earliest() : undefined;
    const acceptedBefore = earliest === undefined ? undefined : earliest - bounds.ageMs;
    const result = await database.call('enforce', {
      destination,
      acceptedBefore,
      bytes: bounds.bytes,
      missingOnDisk,
    });
    if (!result.ok) return result;
    const { dropped, images } = result.value;
    if (dropped.some(({ bound }) => bound === 'age')) rounds.set(destination, uptime().ms);
    await folder.remove(images.flatMap((each) => imagesOf(each)));
    return success(dropped);
  }

  return (destination, bounds) => {
    const enforced = last.then(() => enforce(destination, bounds));
    last = enforced.catch(() => undefined);
    return enforced;
  };
}

const NOTICE_KINDS: Readonly<Record<StorageNoticeKind, NoticeKind>> = {
  'damaged-row': 'quarantined',
  'damaged-file': 'file-damaged',
  'displaced-file': 'file-displaced',
  'torn-log': 'last-write-torn',
  'disk-full': 'disk-full',
  'disk-free': 'disk-free',
  locked: 'locked',
  'unsafe-folder': 'unsafe-folder',
  'thread-restarted': 'thread-restarted',
};

function noticeOf({ kind, message, row, lost }: StorageNotice): OutboxNotice {
  return { kind: NOTICE_KINDS[kind], message, id: row, lost };
}
