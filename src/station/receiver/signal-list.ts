/** Databoom's list of signals, `GET /v1/signals`: those of all devices that the station has values of. */
import { createHash } from 'node:crypto';
import { success, type Result } from '../../result';
import { refuse, type Refusal } from '../protocol';
import type { FieldLabels } from '../registry';
import { newestSeries, type FieldMeta, type KnownSeries, type KnownSource } from '../store';
import type { FieldKind, Scalar } from '../vocabulary';
import { DEFAULT_SIGNALS_PER_PAGE, MAX_SIGNALS_PER_PAGE } from './limits';

/** A signal of a device, which may have had values of several kinds. */
export interface Signal {
  /** As Databoom's ids: 24 hex digits, the same for one device and signal for ever. */
  readonly id: string;
  readonly device: string;
  readonly name: string;
  readonly kinds: readonly FieldKind[];
  readonly latest: { readonly timestamp: number; readonly value: Scalar } | undefined;
  readonly meta: FieldMeta;
}

/** The signals of all devices, in the order of their names, so that pages do not overlap. */
export function signalsOf(sources: readonly KnownSource[]): readonly Signal[] {
  return sources
    .filter(({ kind }) => kind === 'device')
    .flatMap(({ name, series }) => signalsOfDevice(name, series))
    .toSorted((one, other) => compare(one.device, other.device) || compare(one.name, other.name));
}

/** Databoom's answer to a request for one page. */
export function signalListAnswer(
  signals: readonly Signal[],
  labels: FieldLabels,
  parameters: URLSearchParams,
): Result<object, Refusal> {
  const page = readCount(parameters, 'page', 1, Number.MAX_SAFE_INTEGER);
  if (!page.ok) return page;
  const size = readCount(parameters, 'per_page', DEFAULT_SIGNALS_PER_PAGE, MAX_SIGNALS_PER_PAGE);
  if (!size.ok) return size;
  const pages = Math.max(Math.ceil(signals.length / size.value), 1);
  const start = (page.value - 1) * size.value;
  return success({
    data: signals.slice(start, start + size.value).map((signal) => describeSignal(signal, labels)),
    pages: {
      current: page.value,
      prev: page.value > 1 ? page.value - 1 : null,
      next: page.value < pages ? page.value + 1 : null,
      total: pages,
    },
    items: { total: signals.length },
  });
}

function signalsOfDevice(device: string, series: readonly KnownSeries[]): readonly Signal[] {
  const names = [...new Set(series.filter(({ first }) => first !== undefined).map(({ field }) => field))];
  return names.map((name) => {
    const own = series.filter(({ field }) => field === name);
    const latest = newestSeries(own)?.latest;
    const meta = own[0]?.meta ?? {};
    return { id: idOf(device, name), device, name, kinds: own.map(({ type }) => type), latest, meta };
  });
}

function idOf(device: string, signal: string): string {
  return createHash('sha256')
    .update(JSON.stringify([device, signal]))
    .digest('hex')
    .slice(0, 24);
}

/** A signal as Databoom lists it: all that is here was validated, in its words `ACTIVE`. */
function describeSignal({ id, device, name, latest, meta }: Signal, labels: FieldLabels) {
  const listed = labels.find(name);
  const { counter = 'none' } = meta;
  return {
    _id: id,
    device_token: device,
    signal_token: name,
    device: { device_token: device, description: device },
    device_description: device,
    description: listed?.label || (meta.description ?? name),
    unit_readable: listed?.unit || (meta.unit ?? ''),
    status: 'ACTIVE',
    accumulator: { active: counter !== 'none', is_a_sum: counter === 'increments' },
    // Databoom's own spelling.
    ...(latest
      ? { last_recived_value: latest.value, last_conn: new Date(latest.timestamp).toISOString() }
      : {}),
  };
}

function readCount(
  parameters: URLSearchParams,
  name: string,
  fallback: number,
  most: number,
): Result<number, Refusal> {
  const text = parameters.get(name);
  if (text === null) return success(fallback);
  const number = /^\d{1,15}$/.test(text) ? Number(text) : 0;
  if (number >= 1 && number <= most) return success(number);
  return refuse('invalid', `"${name}" must be a whole number from 1 to ${most}.`);
}

function compare(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
