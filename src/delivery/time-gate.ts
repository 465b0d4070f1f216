import type { KeptItem } from '../outbox';
import { wait, type Clock } from './clock';
import type { Policy } from './policy';
import type { TimeWait } from './time-wait';
import type { Transport } from './transport';

/** Keeps back what was read before this machine knew the time, until it does, or until that seems not to come. */
export interface TimeGate {
  /** How many of these items, from the first on, may be sent now. */
  admit(items: readonly KeptItem[]): number;
  /** Whether something is kept back. */
  isHolding(): boolean;
  /** Lets go of what is kept back: it is to be admitted anew. */
  release(): void;
  /** When it opens by itself, of the monotonic clock; undefined where that is not known. */
  opensAt(): number | undefined;
}

export interface TimeGateOptions {
  readonly clock: Clock;
  readonly policy: Pick<Policy, 'timeWaitMs'>;
  readonly transport: Pick<Transport<object>, 'reach'>;
  readonly timeWait: TimeWait;
  readonly closing: AbortSignal;
}

/** Between looks whether the service can be reached, in milliseconds. */
const BETWEEN_LOOKS_MS = 30_000;

/**
 * A gate. The service is looked for only while something is kept back; once the gate has opened, it stays open.
 * @param onChange called when it has opened, or when it is known when it will
 */
export function createTimeGate(options: TimeGateOptions, onChange: () => void): TimeGate {
  const { clock, policy, transport, timeWait, closing } = options;
  let holding: AbortController | undefined;

  const isOpen = () => timeWait.hasLasted(policy.timeWaitMs);
  const opensAt = () => (isOpen() ? undefined : timeWait.endsAt(policy.timeWaitMs));

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

  function admit(items: readonly KeptItem[]): number {
    const first = items.findIndex(
      ({ certainty }) => certainty === 'undated' || (certainty === 'awaited' && !isOpen()),
    );
    if (first < 0) return items.length;
    if (!holding) {
      holding = new AbortController();
      void lookForService(AbortSignal.any([holding.signal, closing]));
    }
    return first;
  }

  function release(): void {
    holding?.abort();
    holding = undefined;
  }

  return { admit, isHolding: () => holding !== undefined, release, opensAt };
}
