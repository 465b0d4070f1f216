/**
 * How settings that an earlier version of this package stored become those of the present one. Pure, and used by the
 * runtime as well as by the edit dialogs.
 */

/** Turns stored settings of one version into those of the next one. */
export type Step = (stored: object) => object;

/** Version 0.1.0 stored no version. Version 1 added settings alone, and what is missing takes its default. */
const FIRST_NUMBERED: readonly Step[] = [(stored) => stored];

/** For each node type, the step from version 0, the step from version 1, and so on to the present one. */
export const MIGRATIONS: ReadonlyMap<string, readonly Step[]> = new Map([
  ['senio-config', FIRST_NUMBERED],
  ['senio-publish', FIRST_NUMBERED],
  ['databoom-config', FIRST_NUMBERED],
  ['databoom-publish', FIRST_NUMBERED],
  ['dht22-in', FIRST_NUMBERED],
  ['picamera-in', FIRST_NUMBERED],
  ['station-in', FIRST_NUMBERED],
]);

/**
 * A node's stored settings in the present shape of its type. What a later version of this package stored stays as it
 * is: the settings of it that this one knows are the best there is.
 */
export function migrate(stored: object, migrations = MIGRATIONS): object {
  const type: unknown = Reflect.get(stored, 'type');
  const steps = (typeof type === 'string' ? migrations.get(type) : undefined) ?? [];
  return steps.slice(versionOf(stored)).reduce((settings, step) => step(settings), stored);
}

/** The version that settings were stored with; 0 where they have none that makes sense. */
function versionOf(stored: object): number {
  const version: unknown = Reflect.get(stored, 'version');
  return typeof version === 'number' && Number.isInteger(version) && version > 0 ? version : 0;
}
