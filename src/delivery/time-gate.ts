import type { Certainty } from '../clock';
import type { KeptItem } from '../outbox';
import { wait, type Clock } from './clock';
import type { Policy } from './policy';
import type { TimeWait } from './time-wait';
import type { Transport } from './transport';

/** Keeps back what was read before this machine knew the time, until it does, or until that seems not to come. */
export interface TimeGate {
  /** Which of these items may be sent now; keeps back the others. */
  admit(items: readonly KeptItem[]): AdmittedItems;
  /** Whether something is kept back. */
  isHolding(): boolean;
  /** Of what is kept back, how well its time is known: it is not to be leased. */
  readonly heldTimes: () => readonly Certainty[];
  /** Lets go of what is kept back: it is to be admitted anew. */
  release(): void;
  /** When it opens by itself, of the monotonic clock; undefined where that is not known. */
  opensAt(): number | undefined;
}

/** What a gate makes of items. */
export interface AdmittedItems {
  readonly admitted: readonly KeptItem[];
  readonly held: readonly KeptItem[];
}

export interface TimeGateOptions {
  readonly clock: Clock;
  readonly policy: Pick<Policy, 'timeWaitMs'>;
  readonly transport: Pick<Transport<object>, 'reach'>;
  readonly timeWait: TimeWait;
  readonly closing: AbortSignal;
  /** Whether the destination shows what is kept back, as far as is known. */
  readonly isShown: () => boolean;
}

/** Between looks whether the service can be reached, in milliseconds. */
const BETWEEN_LOOKS_MS = 30_000;

/**
 * For so long, in milliseconds, what is shown is kept back: who looks at it sees it, marked, and its time is not yet
 * stored for good. After a power cut a router takes longer than some minutes; but a machine that never learns the time,
 * and perhaps runs by day alone, must not fill its outbox for ever.
 */
const LONGEST_WAIT_WHILE_SHOWN_MS = 10_800_000;

/**
 * A gate. The service is looked for only while something is kept back; once the gate has opened, it stays open
 * until the time is known.
 * @param onChange called when it has opened, or when it is known when it will
 */
export function createTimeGate(options: TimeGateOptions, onChange: () => void): TimeGate {
  const { clock, transport, timeWait, closing, isShown } = options;
  const { timeWaitMs } = options.policy;
  /** Whoever sets no wait at all wants none. */
  const shownWaitMs = timeWaitMs === 0 ? 0 : Math.max(timeWaitMs, LONGEST_WAIT_WHILE_SHOWN_MS);
  let holding: AbortController | undefined;

  const waitMs = () => (isShown() ? shownWaitMs : timeWaitMs);
  const isOpen = () => timeWait.hasLasted(waitMs());
  const opensAt = () => (isOpen() ? undefined : timeWait.endsAt(waitMs()));

  async function lookForService(signal: AbortSignal): Promise<void> {
    while (!isOpen() && !signal.aborted) {
      const isReached = transport.reach ? await transport.reach(signal).catch(() => false) : true;
      if (signal.aborted) return;
      const now = clock.monotonic();
      if (isReached) timeWait.reached(now);
      else timeWait.missed();
      if (isOpen()) release();
      onChange();
      const leftMs = (opensAt() ?? Infinity) - now;
      await wait(clock, Math.min(BETWEEN_LOOKS_MS, leftMs), signal);
    }
  }

  const timesToHold = (): readonly Certainty[] => (isOpen() ? ['undated'] : ['undated', 'awaited']);

  function admit(items: readonly KeptItem[]): AdmittedItems {
    const times = timesToHold();
    const isHeld = ({ certainty }: KeptItem) => times.includes(certainty);
    const held = items.filter(isHeld);
    if (held.length === 0) return { admitted: items, held };
    if (!holding) {
      holding = new AbortController();
      timeWait.begin(clock.monotonic());
      void lookForService(AbortSignal.any([holding.signal, closing]));
    }
    return { admitted: items.filter((item) => !isHeld(item)), held };
  }

  function release(): void {
    holding?.abort();
    holding = undefined;
  }

  return {
    admit,
    isHolding: () => holding !== undefined,
    heldTimes: () => (holding ? timesToHold() : []),
    release,
    opensAt,
  };
}
