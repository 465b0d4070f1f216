import type { KeptItem } from '../outbox';
import type { Batch } from './batch';
import type { ItemRetries } from './item-retries';
import type { Lanes } from './lanes';
import type { LeaseRequest } from './lease-source';
import type { Policy } from './policy';

/** One question to the outbox for items to be sent. */
export interface Turn {
  readonly request: LeaseRequest;
  /** The lane that is asked for; undefined for whichever comes next. */
  readonly lane: string | undefined;
  readonly isProbe: boolean;
  /** How often something had become due when it was made. */
  readonly wakes: number;
}

/** How much is leased already. */
export interface Load {
  /** Requests that may be started at once. */
  readonly room: number;
  /** Batches that are leased and not started. */
  readonly ready: number;
}

/** Whose turn it is: lanes go round, and within a lane the oldest item is first. */
export interface Turns {
  /** Whether the queue has lanes; without, its items go one by one, several at the same time. */
  readonly hasLanes: boolean;
  /** What to lease next; undefined where nothing is needed or due. */
  next(now: number, load: Load): Turn | undefined;
  /** What to lease to see whether the service is back: one item, of a lane that did not fail yet, where there is one. */
  probe(now: number): Turn | undefined;
  /** What a turn brought. @param isAnswer whether the outbox answered at all */
  took(turn: Turn, items: readonly KeptItem[], isAnswer: boolean): void;
  batchesOf(items: readonly KeptItem[]): readonly Batch[];
  laneOf(item: KeptItem): string;
  /** Nothing more of a lane is leased until as many calls of `vacate`. */
  occupy(lane: string): void;
  vacate(lane: string): void;
  /** Something may be due that was not before. */
  wake(): void;
  /** Whether there is nothing due in lanes of which nothing is known. */
  isDry(): boolean;
  /** Whether there may be something in lanes that have not failed. */
  mayHaveOthers(): boolean;
}

/** Single items leased ahead so that no request waits for the outbox, and how few of them are left when it is asked. */
const AHEAD = { count: 256, bytes: 4 * 2 ** 20 };
const FEW_AHEAD = 128;

const ONLY_LANE = '';

/** The lanes of which nothing may be leased now, because something of them is under way. */
interface BusyLanes {
  readonly has: (lane: string) => boolean;
  readonly all: () => readonly string[];
  readonly occupy: (lane: string) => void;
  /** @returns whether the lane is free now */
  readonly vacate: (lane: string) => boolean;
}

function createBusyLanes(): BusyLanes {
  const counts = new Map<string, number>();
  return {
    has: (lane) => counts.has(lane),
    all: () => [...counts.keys()],
    occupy: (lane) => void counts.set(lane, (counts.get(lane) ?? 0) + 1),
    vacate: (lane) => {
      const left = (counts.get(lane) ?? 0) - 1;
      if (left > 0) counts.set(lane, left);
      else counts.delete(lane);
      return left <= 0;
    },
  };
}

export function createTurns(
  hasLanes: boolean,
  policy: Pick<Policy, 'batch'>,
  lanes: Lanes,
  retries: ItemRetries,
): Turns {
  const busy = createBusyLanes();
  let wakes = 0;
  let isDry = false;
  /** The lane whose turn was last, and whether it was asked for by name. */
  let last = { lane: ONLY_LANE, isNamed: false };

  function ask(now: number, count: number, lane?: string): Turn {
    const limits = { ...policy.batch, count, except: retries.notDue(now) };
    if (!hasLanes) return { request: { ...limits, bytes: AHEAD.bytes }, lane, isProbe: false, wakes };
    const anyOther = { after: last.lane, except: [...lanes.known(), ...busy.all()] };
    const choice = lane === undefined ? anyOther : { only: lane };
    return { request: { ...limits, lane: choice }, lane, isProbe: false, wakes };
  }

  function next(now: number, { room, ready }: Load): Turn | undefined {
    if (!hasLanes) return !isDry && ready < FEW_AHEAD ? ask(now, AHEAD.count) : undefined;
    if (room <= 0) return undefined;
    const due = lanes.nextDue(now, busy.has);
    // Those that something is known of and the others take turns.
    if (due !== undefined && (isDry || !last.isNamed)) return ask(now, lanes.batchCount(due), due);
    return isDry ? undefined : ask(now, policy.batch.count);
  }

  function probe(now: number): Turn | undefined {
    if (!isDry) return { ...ask(now, 1), isProbe: true };
    // A lane that fails is not asked more often than its own pauses allow.
    const lane = hasLanes ? lanes.nextDue(now, busy.has) : undefined;
    return lane === undefined ? undefined : { ...ask(now, 1, lane), isProbe: true };
  }

  function took({ lane, wakes: wakesBefore }: Turn, items: readonly KeptItem[], isAnswer: boolean): void {
    const [first] = items;
    if (first) last = { lane: laneOf(first), isNamed: lane !== undefined };
    if (first || !isAnswer) return;
    last = { ...last, isNamed: lane !== undefined };
    const asked = hasLanes ? lane : ONLY_LANE;
    if (asked !== undefined && retries.onlyFailed(asked)) return;
    if (lane !== undefined) lanes.forget(lane);
    // What was accepted meanwhile may have come too late for this answer.
    else isDry = wakes === wakesBefore;
  }

  const laneOf = ({ group }: KeptItem) => (hasLanes ? group : ONLY_LANE);

  function wake(): void {
    wakes += 1;
    isDry = false;
  }

  return {
    hasLanes,
    next,
    probe,
    took,
    batchesOf: (items) => (hasLanes ? batchesOf(items, retries) : items.map((item) => single(item))),
    laneOf,
    occupy: busy.occupy,
    vacate: (lane) => {
      if (busy.vacate(lane)) wake();
    },
    wake,
    isDry: () => isDry,
    mayHaveOthers: () => hasLanes && !isDry,
  };
}

function single(item: KeptItem): Batch {
  return { lane: ONLY_LANE, items: [item] };
}

/** Items of one lane as batches: one that failed before goes alone, so that it is told apart from the others. */
function batchesOf(items: readonly KeptItem[], retries: ItemRetries): readonly Batch[] {
  const batches: { readonly lane: string; readonly items: KeptItem[]; readonly isAlone: boolean }[] = [];
  for (const item of items) {
    const isAlone = retries.isDeferred(item.id);
    const open = batches.at(-1);
    if (open && !isAlone && !open.isAlone) open.items.push(item);
    else batches.push({ lane: item.group, items: [item], isAlone });
  }
  return batches;
}
