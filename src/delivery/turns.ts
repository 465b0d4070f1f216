import type { Certainty } from '../clock';
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
  /** Whether it is for the next batch of a lane that has one under way. */
  readonly isAhead: boolean;
  /** How often something had become due when it was made. */
  readonly wakes: number;
}

/** How much is leased already. */
export interface Load {
  /** Requests that may be started at once. */
  readonly room: number;
  /** Batches that are leased and not started. */
  readonly ready: number;
  /** The lanes of what is under way. */
  readonly sending: readonly string[];
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
  /** Whether one thing of it is under way, and no more. */
  readonly hasOne: (lane: string) => boolean;
  readonly all: () => readonly string[];
  readonly occupy: (lane: string) => void;
  readonly vacate: (lane: string) => void;
}

/** @param onFree called when a lane is free again */
function createBusyLanes(onFree: () => void): BusyLanes {
  const counts = new Map<string, number>();
  return {
    has: (lane) => counts.has(lane),
    hasOne: (lane) => counts.get(lane) === 1,
    all: () => [...counts.keys()],
    occupy: (lane) => void counts.set(lane, (counts.get(lane) ?? 0) + 1),
    vacate: (lane) => {
      const left = (counts.get(lane) ?? 0) - 1;
      if (left > 0) counts.set(lane, left);
      else {
        counts.delete(lane);
        onFree();
      }
    },
  };
}

/** Of what nothing is due: a lane, or (undefined) all lanes of which nothing is known and nothing is under way. */
interface Dryness {
  /** How often something had become due. */
  readonly wakes: () => number;
  readonly wake: () => void;
  /** Nothing was due, as of so many wakes: what was accepted since may have come too late for that answer. */
  readonly found: (lane: string | undefined, wakesBefore: number) => void;
  readonly isDry: (lane?: string) => boolean;
}

function createDryness(): Dryness {
  const dry = new Set<string | undefined>();
  let wakes = 0;
  return {
    wakes: () => wakes,
    wake() {
      wakes += 1;
      dry.clear();
    },
    found(lane, wakesBefore) {
      if (wakes === wakesBefore) dry.add(lane);
    },
    isDry: (lane) => dry.has(lane),
  };
}

/** What turns go by. */
export interface TurnSources {
  readonly lanes: Lanes;
  readonly retries: ItemRetries;
  /** What is not to be leased, by how well its time is known. */
  readonly heldTimes: () => readonly Certainty[];
}

export function createTurns(
  hasLanes: boolean,
  policy: Pick<Policy, 'batch'>,
  { lanes, retries, heldTimes }: TurnSources,
): Turns {
  const { wakes, wake, found, isDry } = createDryness();
  const busy = createBusyLanes(wake);
  /** The lane whose turn was last, and whether it was asked for by name. */
  let last = { lane: ONLY_LANE, isNamed: false };

  const laneOf = ({ group }: KeptItem) => (hasLanes ? group : ONLY_LANE);

  function ask(now: number, count: number, lane?: string): Turn {
    const limits = { ...policy.batch, count, except: retries.notDue(now), exceptTimes: heldTimes() };
    const turn = { lane, isProbe: false, isAhead: false, wakes: wakes() };
    if (!hasLanes) return { ...turn, request: { ...limits, bytes: AHEAD.bytes } };
    const anyOther = { after: last.lane, except: [...lanes.known(), ...busy.all()] };
    return { ...turn, request: { ...limits, lane: lane === undefined ? anyOther : { only: lane } } };
  }

  /** The next batch of a lane that works, so that it can be sent as soon as the one under way was answered. */
  function ahead(now: number, sending: readonly string[]): Turn | undefined {
    const lane = sending.find((each) => busy.hasOne(each) && !lanes.isKnown(each) && !isDry(each));
    return lane === undefined ? undefined : { ...ask(now, policy.batch.count, lane), isAhead: true };
  }

  function next(now: number, { room, ready, sending }: Load): Turn | undefined {
    if (!hasLanes) return !isDry() && ready < FEW_AHEAD ? ask(now, AHEAD.count) : undefined;
    if (room <= 0) return undefined;
    const due = lanes.nextDue(now, busy.has);
    // Those that something is known of and the others take turns.
    if (due !== undefined && (isDry() || !last.isNamed)) return ask(now, lanes.batchCount(due), due);
    return isDry() ? ahead(now, sending) : ask(now, policy.batch.count);
  }

  function probe(now: number): Turn | undefined {
    if (!isDry()) return { ...ask(now, 1), isProbe: true };
    // A lane that fails is not asked more often than its own pauses allow.
    const lane = hasLanes ? lanes.nextDue(now, busy.has) : undefined;
    return lane === undefined ? undefined : { ...ask(now, 1, lane), isProbe: true };
  }

  function took({ lane, isAhead, wakes: wakesBefore }: Turn, items: readonly KeptItem[], isAnswer: boolean) {
    const [first] = items;
    const isNothing = !first && isAnswer;
    if (isAhead && isNothing) found(lane, wakesBefore);
    if (isAhead) return;
    if (first || isNothing) last = { lane: first ? laneOf(first) : last.lane, isNamed: lane !== undefined };
    if (!isNothing) return;
    const asked = hasLanes ? lane : ONLY_LANE;
    if (asked !== undefined && retries.onlyFailed(asked)) return;
    if (lane !== undefined) lanes.forget(lane);
    else found(lane, wakesBefore);
  }

  return {
    hasLanes,
    next,
    probe,
    took,
    batchesOf: (items) => (hasLanes ? batchesOf(items, retries) : items.map((item) => single(item))),
    laneOf,
    occupy: busy.occupy,
    vacate: busy.vacate,
    wake,
    isDry: () => isDry(),
    mayHaveOthers: () => hasLanes && !isDry(),
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
