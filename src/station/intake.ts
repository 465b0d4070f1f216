/** The one way in: whatever is accepted is kept first and announced then. */
import type { Present } from '../clock';
import { success, type Result } from '../result';
import type { Announcements, NewMeasurement, Scalar } from './announcements';
import type { Refusal } from './refusal';
import type { NewColumn, PictureFile, Repeat, StagedPicture, Store } from './store';

/** What was kept of some columns. */
export interface Kept {
  /** The value that is kept at the place of a row: the row's own, or one that was there before. A picture is its id. */
  at(column: number, row: number): Scalar;
}

export interface Intake {
  /** What the times of readings are judged by. */
  readonly present: () => Present;
  /** Keeps columns with their pictures, or nothing of them, and tells everybody of what is new. */
  keep(columns: readonly NewColumn[], pictures: readonly StagedPicture[]): Promise<Result<Kept, Refusal>>;
}

/** @param onNews called when a source or a field appeared */
export function createIntake(
  store: Store,
  announcements: Announcements,
  present: Intake['present'],
  onNews: () => void,
): Intake {
  async function keep(
    columns: readonly NewColumn[],
    pictures: readonly StagedPicture[],
  ): Promise<Result<Kept, Refusal>> {
    const kept = await store.keep(columns, pictures);
    if (!kept.ok) return kept;
    if (kept.value.isNews) onNews();
    const repeats = new Map(kept.value.repeats.map((repeat) => [keyOf(repeat.column, repeat.row), repeat]));
    if (announcements.isHeard) announcements.announce(measurementsOf(columns, repeats));
    return success({
      at: (column, row) => repeats.get(keyOf(column, row))?.value ?? shown(valueAt(columns[column], row)),
    });
  }

  return { present, keep };
}

function keyOf(column: number, row: number): string {
  return `${column}/${row}`;
}

function valueAt(column: NewColumn | undefined, row: number): Scalar | PictureFile {
  const value = column?.values[row] ?? 0;
  return column?.type === 'boolean' ? value === 1 : value;
}

function shown(value: Scalar | PictureFile): Scalar {
  return typeof value === 'object' ? value.id : value;
}

/** What is new, put together by source and time. */
function measurementsOf(
  columns: readonly NewColumn[],
  repeats: ReadonlyMap<string, Repeat>,
): readonly NewMeasurement[] {
  const measurements = new Map<
    string,
    NewMeasurement & { readonly fields: Map<string, Scalar | PictureFile> }
  >();
  for (const [index, column] of columns.entries()) {
    const { kind, name, field, times } = column;
    for (const [row, timestamp] of times.entries()) {
      if (repeats.has(keyOf(index, row))) continue;
      const key = `${timestamp}/${kind}/${name}`;
      const measurement = measurements.get(key) ?? { kind, name, timestamp, fields: new Map() };
      measurements.set(key, measurement);
      measurement.fields.set(field, valueAt(column, row));
    }
  }
  return [...measurements.values()];
}
