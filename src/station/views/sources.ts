/** All sources: those that have values, and the sensors that wait for their first reading. */
import type { FieldLabels, SensorRegistry } from '../registry';
import { newestSeries, type KnownSeries, type KnownSource } from '../store';
import type { FieldAnswer, SourceAnswer } from './api';
import { labelOf } from './labels';

/** @param deviceLabels the fields of all devices, as Databoom accounts list them */
export function sourcesAnswer(
  known: readonly KnownSource[],
  sensors: SensorRegistry,
  deviceLabels: FieldLabels,
): readonly SourceAnswer[] {
  const answers = known.map((source): SourceAnswer => {
    const { kind, name, seen, usualSilenceMs, series } = source;
    const sensor = kind === 'sensor' ? sensors.find(name) : undefined;
    const labels = kind === 'sensor' ? sensors.labelsOf(name) : deviceLabels;
    const fields = fieldsOf(series, labels);
    const waiting = listedOf(sensor?.labels, fields);
    const arrivals = { lastSeen: seen, ...(usualSilenceMs === undefined ? {} : { usualSilenceMs }) };
    return { kind, name, registered: sensor !== undefined, ...arrivals, fields: [...fields, ...waiting] };
  });
  const sending = new Set(answers.flatMap(({ kind, name }) => (kind === 'sensor' ? [name] : [])));
  const silent = sensors.names
    .filter((name) => !sending.has(name))
    .map((name): SourceAnswer => {
      const fields = listedOf(sensors.find(name)?.labels, []);
      return { kind: 'sensor', name, registered: true, fields };
    });
  return [...answers, ...silent];
}

/** One answer for each field, which may have several kinds of values. */
function fieldsOf(known: readonly KnownSeries[], labels: FieldLabels): readonly FieldAnswer[] {
  const fields = new Map<string, KnownSeries[]>();
  for (const series of known) {
    if (series.first === undefined) continue;
    fields.set(series.field, [...(fields.get(series.field) ?? []), series]);
  }
  return [...fields].map(([field, series]) => ({
    name: field,
    ...labelOf(field, labels, series[0]?.meta),
    ...valuesOf(series),
  }));
}

type OfValues = Pick<FieldAnswer, 'type' | 'kinds' | 'first' | 'latest' | 'ahead' | 'later'>;

/** @param series all of one field, at least one */
function valuesOf(series: readonly KnownSeries[]): OfValues {
  const newest = newestSeries(series);
  const ahead = sumOf(series.map((each) => each.ahead));
  const later = sumOf(series.map((each) => each.later));
  const kinds = [...new Set(series.map(({ type }) => type))];
  return {
    type: newest?.type ?? 'number',
    ...(kinds.length > 1 ? { kinds } : {}),
    first: Math.min(...series.map(({ first = Infinity }) => first)),
    ...(newest?.latest ? { latest: newest.latest } : {}),
    ...(ahead ? { ahead } : {}),
    ...(later ? { later } : {}),
  };
}

/** How many values there are in all, and the time of the last; undefined where there are none. */
function sumOf(parts: readonly KnownSeries['ahead'][]): KnownSeries['ahead'] {
  const known = parts.flatMap((each) => each ?? []);
  if (known.length === 0) return undefined;
  return {
    count: known.reduce((sum, { count }) => sum + count, 0),
    until: Math.max(...known.map(({ until }) => until)),
  };
}

/** The fields that a list names and that have no value yet. */
function listedOf(labels: FieldLabels | undefined, known: readonly FieldAnswer[]): readonly FieldAnswer[] {
  const names = new Set(known.map(({ name }) => name));
  const listed = new Set((labels?.listed ?? []).map(({ name }) => name).filter((name) => !names.has(name)));
  return [...listed].map((name) => ({ name, ...labelOf(name, labels), type: 'number' }));
}
