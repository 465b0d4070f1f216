/** How a source's fields are named, shown and grouped. */
import type { FieldAnswer, FieldKind, ShownValue } from '../station/views/api';
import type { Formats } from './formats';
import type { Reading } from './series';
import type { Texts } from './texts';

/** Lines of one graph, at most; more could not be told apart. */
const LINES_PER_GRAPH = 8;

/** A field of numbers, and its colour: the same wherever it is drawn. */
export interface ColouredField {
  readonly field: FieldAnswer;
  /** From 0. */
  readonly colour: number;
}

/** The fields that one graph shows. */
export interface GraphContent {
  readonly kind: 'number' | 'boolean' | 'text';
  readonly unit: string | undefined;
  readonly fields: readonly ColouredField[];
}

export function labelOf({ label, name }: FieldAnswer): string {
  return label ?? name;
}

/** The newest value of a field, whether or not its time is confirmed. */
export function newestOf({ latest, unconfirmed }: FieldAnswer): FieldAnswer['latest'] {
  if (!latest || !unconfirmed) return latest ?? unconfirmed?.latest;
  return unconfirmed.latest.timestamp >= latest.timestamp ? unconfirmed.latest : latest;
}

/** The time of the oldest value of some fields; Infinity where none has one. */
export function firstOf(fields: readonly FieldAnswer[]): number {
  return Math.min(
    ...fields.map(({ first, unconfirmed }) => Math.min(first ?? Infinity, unconfirmed?.first ?? Infinity)),
  );
}

/** The values of all fields that are ahead of the station's clock; undefined where none is. */
export function aheadOf(fields: readonly FieldAnswer[], kind: 'ahead' | 'later'): FieldAnswer['ahead'] {
  const ahead = fields.flatMap((field) => field[kind] ?? []);
  if (ahead.length === 0) return undefined;
  return {
    count: ahead.reduce((sum, { count }) => sum + count, 0),
    until: Math.max(...ahead.map(({ until }) => until)),
  };
}

/** Fields that a card shows; of the others it shows how many there are. */
const FIELDS_PER_CARD = 6;

/** The fields that a card shows as values. */
export function cardFields(fields: readonly FieldAnswer[]): readonly FieldAnswer[] {
  return fields.filter(({ type }) => type !== 'image').slice(0, FIELDS_PER_CARD);
}

/** Whether a card draws a line beside the value. */
export function hasSparkline(field: FieldAnswer): boolean {
  return hasKind(field, 'number') && newestOf(field) !== undefined;
}

/** What it takes to write a value for people. */
interface ValueContext {
  readonly formats: Formats;
  readonly texts: Texts;
}

/** A value as text for people; of a picture it is the id, which is not meant for them. */
export function tellValue(
  { unit }: FieldAnswer,
  value: ShownValue,
  { formats, texts }: ValueContext,
): string {
  if (typeof value === 'number') return formats.quantity(value, unit);
  if (typeof value === 'boolean') return value ? texts.value.on : texts.value.off;
  return value;
}

/** Whether a field has values of a kind. */
export function hasKind({ type, kinds = [type] }: FieldAnswer, kind: FieldKind): boolean {
  return kinds.includes(kind);
}

/** As what a graph shows a field: as numbers where it has any, else as a switch or as texts; not as pictures. */
export function graphKindOf(field: FieldAnswer): GraphContent['kind'] | undefined {
  return (['number', 'boolean', 'text'] as const).find((kind) => hasKind(field, kind));
}

function isText(field: FieldAnswer): boolean {
  return graphKindOf(field) === 'text';
}

/** Numbers and switches with their colours, in the order of the source, then those that are texts alone. */
export function colouredFields(fields: readonly FieldAnswer[]): ColouredField[] {
  const drawn = fields.filter((field) => graphKindOf(field) !== undefined);
  return [...drawn.filter((field) => !isText(field)), ...drawn.filter(isText)].map((field, colour) => ({
    field,
    colour,
  }));
}

/**
 * A value of a field's graph as text: On or Off where the graph is a switch. What the field's newest value is does not
 * matter, which may be of another kind.
 */
export function tellDrawn(field: FieldAnswer, value: number, context: ValueContext): string {
  return tellValue(field, graphKindOf(field) === 'boolean' ? value !== 0 : value, context);
}

/** A reading of a field's graph as text; of downsampled numbers, the lowest and the highest value. */
export function tellReading(
  field: FieldAnswer,
  { value, low, high }: Reading,
  context: ValueContext,
): string {
  if (low === high || graphKindOf(field) === 'boolean') return tellDrawn(field, value, context);
  return `${context.formats.number(low)} – ${tellDrawn(field, high, context)}`;
}

/** Groups fields into graphs: one per unit, and one for each field without a unit, each switch and each text. */
export function graphsOf(fields: readonly FieldAnswer[]): GraphContent[] {
  const coloured = colouredFields(fields);
  const groups = new Map<string, ColouredField[]>();
  for (const one of coloured) {
    const { unit, name } = one.field;
    const key = graphKindOf(one.field) === 'number' && unit ? `unit ${unit}` : `field ${name}`;
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups.values()]
    .flatMap((group) => chunks(group, LINES_PER_GRAPH))
    .map((group) => ({
      kind: (group[0] && graphKindOf(group[0].field)) ?? 'number',
      unit: group[0]?.field.unit,
      fields: group,
    }));
}

function chunks<Item>(items: readonly Item[], size: number): Item[][] {
  const count = Math.ceil(items.length / size);
  return Array.from({ length: count }, (_, index) => items.slice(index * size, (index + 1) * size));
}
