import { success, type Result } from '../../result';
import type { MeasurementEvents, NewMeasurement } from '../events';
import type { Refusal } from '../protocol';
import type { NewColumn, PictureFile, Repeat, StagedPicture, Store } from '../store';
import type { Scalar } from '../vocabulary';
import type { StationPresent } from './timestamps';

/** The values that are stored for some columns. */
export interface RecordedValues {
  /** The value stored at a row's place: the row's own, or the one that was there before. A picture is its id. */
  at(column: number, row: number): Scalar;
}

/** The single way to the store: whatever is accepted is first appended, then emitted. */
export interface Recorder {
  /** The time that timestamps of readings are validated against. */
  readonly present: () => StationPresent;
  /** Records validated columns with their staged pictures, all or nothing. */
  record(
    columns: readonly NewColumn[],
    pictures: readonly StagedPicture[],
  ): Promise<Result<RecordedValues, Refusal>>;
}

/** @param onNewSeries called when a source or a field was stored for the first time, or is described anew */
export function createRecorder(
  store: Store,
  events: MeasurementEvents,
  present: Recorder['present'],
  onNewSeries: () => void,
): Recorder {
  async function record(
    columns: readonly NewColumn[],
    pictures: readonly StagedPicture[],
  ): Promise<Result<RecordedValues, Refusal>> {
    const appended = await store.append(columns, pictures);
    if (!appended.ok) return appended;
    if (appended.value.hasNewSeries || appended.value.hasNewMeta) onNewSeries();
    const repeats = new Map(
      appended.value.repeats.map((repeat) => [keyOf(repeat.column, repeat.row), repeat]),
    );
    if (events.hasSubscribers) events.emit(newMeasurements(columns, repeats));
    return success({
      at: (column, row) => repeats.get(keyOf(column, row))?.value ?? scalarOf(valueAt(columns[column], row)),
    });
  }

  return { present, record };
}

function keyOf(column: number, row: number): string {
  return `${column}/${row}`;
}

function valueAt(column: NewColumn | undefined, row: number): Scalar | PictureFile {
  const value = column?.values[row] ?? 0;
  return column?.type === 'boolean' ? value === 1 : value;
}

function scalarOf(value: Scalar | PictureFile): Scalar {
  return typeof value === 'object' ? value.id : value;
}

/** The values that the store did not have before, grouped by source and time. */
function newMeasurements(
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
