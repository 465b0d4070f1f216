/** What answers say of readings that are not stored yet, because this machine does not know the time. */
import type { FieldLabels, SensorRegistry } from '../registry';
import type { FieldId, TimeRange } from '../store';
import type { UnconfirmedSeries } from '../unconfirmed';
import type { FieldAnswer, SeriesAnswer, SourceAnswer } from './api';
import { labelOf } from './labels';

type OfField = NonNullable<FieldAnswer['unconfirmed']>;

/** Adds to each source and field what is unconfirmed of it, and sources and fields of which nothing else is there. */
export function withUnconfirmed(
  sources: readonly SourceAnswer[],
  series: readonly UnconfirmedSeries[],
  sensors: SensorRegistry,
  deviceLabels: FieldLabels,
): readonly SourceAnswer[] {
  const answers = new Map(sources.map((source) => [keyOf(source), source]));
  for (const each of series) {
    const { kind, name, field } = each;
    const labels = kind === 'sensor' ? sensors.labelsOf(name) : deviceLabels;
    const source = answers.get(keyOf(each)) ?? { kind, name, registered: false, fields: [] };
    const known = source.fields.find((other) => other.name === field);
    const answer = withSeries(known ?? { name: field, ...labelOf(field, labels), type: each.type }, each);
    const fields = known
      ? source.fields.map((other) => (other === known ? answer : other))
      : [...source.fields, answer];
    const lastSeen = Math.max(
      source.lastSeen ?? -Infinity,
      answer.unconfirmed?.latest.timestamp ?? -Infinity,
    );
    answers.set(keyOf(each), { ...source, lastSeen, fields });
  }
  return [...answers.values()];
}

/** A field may have several kinds of values; where nothing of it is stored it has the kind of the newest. */
function withSeries(field: FieldAnswer, { type, times, values }: UnconfirmedSeries): FieldAnswer {
  const [first = 0, timestamp = 0, value = 0] = [times[0], times.at(-1), values.at(-1)];
  const other = field.unconfirmed;
  const isNewest = !other || timestamp >= other.latest.timestamp;
  const unconfirmed: OfField = {
    first: Math.min(first, other?.first ?? Infinity),
    latest: isNewest ? { timestamp, value } : other.latest,
  };
  return { ...field, type: field.latest || !isNewest ? field.type : type, unconfirmed };
}

/** The numbers of a field in a range, and booleans as 0 and 1; none where there are none. */
export function unconfirmedRows(
  all: readonly UnconfirmedSeries[],
  { kind, name, field, from, to }: FieldId & TimeRange,
): Pick<SeriesAnswer, 'unconfirmed'> {
  const rows = all
    .filter(
      (each) => each.kind === kind && each.name === name && each.field === field && each.type !== 'text',
    )
    .flatMap(({ times, values }) => times.map((time, index) => [time, Number(values[index])] as const))
    .filter(([time]) => time >= from && time <= to)
    .toSorted(([one], [other]) => one - other);
  if (rows.length === 0) return {};
  return { unconfirmed: { times: rows.map(([time]) => time), values: rows.map(([, value]) => value) } };
}

function keyOf({ kind, name }: Pick<SourceAnswer, 'kind' | 'name'>): string {
  return `${kind}/${name}`;
}
