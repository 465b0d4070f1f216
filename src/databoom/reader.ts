/** Reads signals back: their last values, or those of a range of time, as readings of devices. */
import { describe, failed, success, type Result } from '../result';
import { readChart, type ChartRange, type PeriodValue } from './chart';
import type { SignalValue } from './push';
import { createReadings, type DeviceReading } from './readings';
import type { DataboomReads, Granularity, ReadFailure } from './reads';
import { listSignals, type ListedSignal } from './signal-list';

/** Which signals, by their tokens. */
export interface SignalChoice {
  /** A device's token; empty for all devices. */
  readonly device: string;
  /** Empty for all signals. */
  readonly signals: readonly string[];
}

/** What was read. */
export interface ReadBack {
  /** The oldest first; what a device has of one time is one reading. */
  readonly readings: readonly DeviceReading[];
  /** How many values were left out because their time cannot be told. */
  readonly undated: number;
}

/** The values of a range of time. */
export interface History extends ReadBack {
  /** What the values stand for: each for itself (`*`), or for an hour, a day or a month. */
  readonly granularities: readonly Granularity[];
  /** The signals of which the range has more values than these, as `device signal`. */
  readonly overBound: readonly string[];
}

export type { ChartRange, DeviceReading, Granularity, PeriodValue, SignalValue };

/** Reads at one account. Never throws or rejects. */
export interface DataboomReader {
  readLatest(choice: SignalChoice, signal: AbortSignal): Promise<Result<ReadBack, ReadFailure>>;
  readHistory(
    choice: SignalChoice,
    range: ChartRange,
    signal: AbortSignal,
  ): Promise<Result<History, ReadFailure>>;
}

/** Signals of one history: 10,080 values of each are some megabytes in memory. */
const MOST_SIGNALS = 10;

/** For how long the ids of signals are taken for theirs, in milliseconds: a signal may be deleted and made anew. */
const KNOWN_FOR_MS = 600_000;

/** @param now a clock in milliseconds that only goes on */
export function createDataboomReader(reads: DataboomReads, now: () => number): DataboomReader {
  let known: { readonly signals: readonly ListedSignal[]; readonly at: number } | undefined;

  async function list(signal: AbortSignal): Promise<Result<readonly ListedSignal[], ReadFailure>> {
    const at = now();
    const listed = await listSignals(reads, signal);
    known = listed.ok ? { signals: listed.value, at } : undefined;
    return listed;
  }

  /** The signals that were chosen by name, where all of them were listed not long ago. */
  function recall(choice: SignalChoice): readonly ListedSignal[] | undefined {
    // Of all signals, or all devices, some may be new.
    if (!known || choice.device === '' || choice.signals.length === 0) return undefined;
    if (now() - known.at > KNOWN_FOR_MS) return undefined;
    const chosen = choose(known.signals, choice);
    return chosen.ok ? chosen.value : undefined;
  }

  async function readLatest(choice: SignalChoice, signal: AbortSignal) {
    const listed = await list(signal);
    if (!listed.ok) return listed;
    const chosen = choose(listed.value, choice);
    if (!chosen.ok) return chosen;
    const readings = createReadings();
    for (const { device, name, latest } of chosen.value) if (latest) readings.add(device, name, [latest]);
    const undated = chosen.value.filter(({ isUndated }) => isUndated).length;
    return success({ readings: readings.inOrder(), undated });
  }

  async function readHistory(choice: SignalChoice, range: ChartRange, signal: AbortSignal) {
    const recalled = recall(choice);
    if (recalled) {
      const history = await readCharts(recalled, range, signal);
      if (history.ok || history.failure.kind !== 'missing') return history;
      // A signal was deleted, and perhaps made anew.
    }
    const listed = await list(signal);
    if (!listed.ok) return listed;
    const chosen = choose(listed.value, choice);
    return chosen.ok ? readCharts(chosen.value, range, signal) : chosen;
  }

  /** One after another: each answer may have megabytes. */
  async function readCharts(
    signals: readonly ListedSignal[],
    range: ChartRange,
    signal: AbortSignal,
  ): Promise<Result<History, ReadFailure>> {
    if (signals.length > MOST_SIGNALS) return tooMany(signals.length);
    const readings = createReadings();
    const granularities = new Set<Granularity>();
    const overBound: string[] = [];
    let undated = 0;
    for (const { id, device, name } of signals) {
      const chart = await readChart(reads, id, range, signal);
      if (!chart.ok) return chart;
      readings.add(device, name, chart.value.values);
      undated += chart.value.undated;
      granularities.add(chart.value.granularity);
      if (chart.value.overBound) overBound.push(`${device} ${name}`);
    }
    return success({ readings: readings.inOrder(), undated, granularities: [...granularities], overBound });
  }

  return { readLatest, readHistory };
}

/** The chosen ones of the listed signals; each that was named must be there. */
function choose(
  listed: readonly ListedSignal[],
  { device, signals }: SignalChoice,
): Result<readonly ListedSignal[], ReadFailure> {
  const ofDevice = device === '' ? listed : listed.filter((each) => each.device === device);
  if (device !== '' && ofDevice.length === 0) {
    return missing(`The account lists no signal of the device ${describe(device)}`);
  }
  const lacking = signals.find((name) => !ofDevice.some((each) => each.name === name));
  if (lacking !== undefined) {
    const where = device === '' ? '' : ` of the device ${describe(device)}`;
    return missing(`The account lists no signal ${describe(lacking)}${where}`);
  }
  return success(signals.length === 0 ? ofDevice : ofDevice.filter(({ name }) => signals.includes(name)));
}

function missing(message: string) {
  return failed<ReadFailure>({
    kind: 'missing',
    message: `${message}: are its tokens right, and may this token see it`,
  });
}

function tooMany(count: number) {
  return failed<ReadFailure>({
    kind: 'invalid',
    message: `That are ${count} signals, and a history has ${MOST_SIGNALS} at most: name the device and the signals`,
  });
}
