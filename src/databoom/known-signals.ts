import type { NextRequest } from '../delivery';
import type { HttpFailure } from '../http';
import { failed, success, type Result } from '../result';
import type { SignalStatus } from './signal-statuses';

/** What is remembered, also after a restart, of the signals that an account has sent. */
export interface SignalMemory {
  /** The signals of a device that were remembered; none where they cannot be read now. */
  known(device: string): Promise<readonly string[]>;
  /** Remembers signals of a device. Does not fail: what is forgotten communicates for the first time once more. */
  remember(device: string, signals: readonly string[]): Promise<void>;
}

/** Where it is known from which signals are there. */
export interface KnownSignalsOptions {
  readonly memory: SignalMemory;
  /**
   * Asks the service for all signals of the account; fails where the token may not list them.
   * @param nextRequest to be asked before each request
   */
  readonly list: (
    signal: AbortSignal,
    nextRequest: NextRequest,
  ) => Promise<Result<readonly SignalStatus[], HttpFailure>>;
  /** Tells the user. */
  readonly warn: (text: string) => void;
}

/** How requests are made. */
interface Requests {
  readonly signal: AbortSignal;
  /** Asked before each of them. */
  readonly nextRequest: NextRequest;
}

/** Which signals of its devices an account has. */
export interface KnownSignals {
  /** Those of `signals` that the device may not have yet; fails where there is no connection at all. */
  unknownOf(
    device: string,
    signals: readonly string[],
    requests: Requests,
  ): Promise<Result<readonly string[], HttpFailure>>;
  /** The device has these from now on. */
  add(device: string, signals: readonly string[]): Promise<void>;
}

/** So many devices are kept in memory; of others it is found out anew. */
const MOST_DEVICES = 1000;

/**
 * The service is asked once a run, by the first push. What it lists counts: signals may be deleted there, and another
 * token may be of another account. Where the token may not list, what was remembered counts.
 */
export function createKnownSignals({ memory, list, warn }: KnownSignalsOptions): KnownSignals {
  const devices = new Map<string, Set<string>>();
  const warned = new Set<string>();
  let asked: ReturnType<typeof ask> | undefined;

  /** The listed signals by their devices; undefined where the list cannot be had. */
  async function ask({
    signal,
    nextRequest,
  }: Requests): Promise<Result<SignalsOfDevices | undefined, HttpFailure>> {
    const listed = await list(signal, nextRequest);
    if (listed.ok) return success(byDevice(listed.value));
    const { failure } = listed;
    // The push would fail the same way; the next one asks again.
    return failure.isUnsent || failure.kind === 'cancelled' ? failed(failure) : success(undefined);
  }

  async function askOnce(requests: Requests): ReturnType<typeof ask> {
    const asking = (asked ??= ask(requests));
    const answer = await asking;
    if (!answer.ok && asked === asking) asked = undefined;
    return answer;
  }

  async function signalsOf(
    device: string,
    listed: SignalsOfDevices | undefined,
  ): Promise<ReadonlySet<string>> {
    const found = devices.get(device);
    if (found) return found;
    const made = new Set(listed ? listed.get(device)?.keys() : await memory.known(device));
    devices.set(device, made);
    const [oldest] = devices.keys();
    if (devices.size > MOST_DEVICES && oldest !== undefined) devices.delete(oldest);
    return made;
  }

  function warnOfWaiting(device: string, name: string): void {
    const key = JSON.stringify([device, name]);
    if (warned.has(key)) return;
    warned.add(key);
    warn(
      `Databoom has signal "${name}" of device "${device}", but records none of its values until you validate it in its list of signals`,
    );
  }

  return {
    async unknownOf(device, names, requests) {
      const listed = await askOnce(requests);
      if (!listed.ok) return listed;
      const known = await signalsOf(device, listed.value);
      const ofDevice = listed.value?.get(device);
      for (const name of names) if (ofDevice?.get(name)?.isWaiting) warnOfWaiting(device, name);
      return success(names.filter((name) => !known.has(name)));
    },
    async add(device, names) {
      const known = devices.get(device);
      for (const name of names) known?.add(name);
      // A list that was read before does not have them, where the device is no longer in memory.
      await memory.remember(device, names);
    },
  };
}

type SignalsOfDevices = ReadonlyMap<string, ReadonlyMap<string, SignalStatus>>;

function byDevice(signals: readonly SignalStatus[]): SignalsOfDevices {
  const devices = new Map<string, Map<string, SignalStatus>>();
  for (const listed of signals) {
    const ofDevice = devices.get(listed.device) ?? new Map<string, SignalStatus>();
    devices.set(listed.device, ofDevice.set(listed.signal, listed));
  }
  return devices;
}
