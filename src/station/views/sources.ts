/** What there is to look at: the sources that sent something, and the sensors that wait for their first reading. */
import type { SensorRegistry } from '../access';
import type { FieldLabels } from '../labels';
import type { KnownSource } from '../store';
import type { FieldAnswer, SourceAnswer } from '../views-api';

type KnownSeries = KnownSource['series'][number];

/** @param deviceLabels the fields of all devices, as accounts list them */
export function sourcesAnswer(
  known: readonly KnownSource[],
  sensors: SensorRegistry,
  deviceLabels: FieldLabels,
): readonly SourceAnswer[] {
  const answers = known.map((source): SourceAnswer => {
    const { kind, name, seen, series } = source;
    const sensor = kind === 'sensor' ? sensors.find(name) : undefined;
    const labels = kind === 'sensor' ? sensor?.labels : deviceLabels;
    const fields = fieldsOf(series, labels);
    const waiting = kind === 'sensor' ? listedOf(labels, fields) : [];
    const lastSeen = { lastSeen: seen };
    return { kind, name, registered: sensor !== undefined, ...lastSeen, fields: [...fields, ...waiting] };
  });
  const heard = new Set(answers.flatMap(({ kind, name }) => (kind === 'sensor' ? [name] : [])));
  const silent = sensors.names
    .filter((name) => !heard.has(name))
    .map((name): SourceAnswer => {
      const fields = listedOf(sensors.find(name)?.labels, []);
      return { kind: 'sensor', name, registered: true, fields };
    });
  return [...answers, ...silent];
}

/** One answer for each field, which may have several kinds of values. */
function fieldsOf(series: readonly KnownSeries[], labels: FieldLabels | undefined): readonly FieldAnswer[] {
  const fields = new Map<string, FieldAnswer>();
  for (const { field, type, first, latest } of series) {
    if (first === undefined || !latest) continue;
    const other = fields.get(field);
    const isNewest = !other?.latest || latest.timestamp >= other.latest.timestamp;
    const newest = isNewest || !other ? { type, latest } : { type: other.type, latest: other.latest };
    const oldest = Math.min(first, other?.first ?? Infinity);
    fields.set(field, { name: field, ...wordsOf(field, labels), first: oldest, ...newest });
  }
  return [...fields.values()];
}

/** The fields that a list names and that have not come yet. */
function listedOf(labels: FieldLabels | undefined, known: readonly FieldAnswer[]): readonly FieldAnswer[] {
  const names = new Set(known.map(({ name }) => name));
  const listed = new Set((labels?.listed ?? []).map(({ name }) => name).filter((name) => !names.has(name)));
  return [...listed].map((name) => ({ name, ...wordsOf(name, labels), type: 'number' }));
}

function wordsOf(name: string, labels: FieldLabels | undefined): Pick<FieldAnswer, 'label' | 'unit'> {
  const { label = '', unit = '' } = labels?.find(name) ?? {};
  return { ...(label === '' ? {} : { label }), ...(unit === '' ? {} : { unit }) };
}
