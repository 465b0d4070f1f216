/**
 * Migrates settings that an earlier version of this package stored to the current version. Pure functions, used by the
 * runtime and by the edit dialogs.
 */

/** Migrates stored settings from one version to the next. */
export type Step = (stored: object) => object;

/** Version 0.1.0 stored no version. Version 1 only added settings, which take their defaults. */
const FIRST_NUMBERED: readonly Step[] = [(stored) => stored];

/** For each node type, the step from version 0, the step from version 1, and so on to the current one. */
export const MIGRATIONS: ReadonlyMap<string, readonly Step[]> = new Map([
  ['senio-config', FIRST_NUMBERED],
  ['senio-publish', FIRST_NUMBERED],
  ['databoom-config', FIRST_NUMBERED],
  ['databoom-publish', FIRST_NUMBERED],
  ['dht22-in', FIRST_NUMBERED],
  ['picamera-in', FIRST_NUMBERED],
  ['station-in', FIRST_NUMBERED],
  ['station-config', FIRST_NUMBERED],
  ['databoom-in', FIRST_NUMBERED],
]);

/**
 * A node's stored settings in the current version. Settings of a later version of this package are left as they are:
 * those that this version knows are used.
 */
export function migrate(stored: object, migrations = MIGRATIONS): object {
  const type: unknown = Reflect.get(stored, 'type');
  const steps = (typeof type === 'string' ? migrations.get(type) : undefined) ?? [];
  return steps.slice(versionOf(stored)).reduce((settings, step) => step(settings), stored);
}

/** The version of stored settings; 0 where they have no valid one. */
function versionOf(stored: object): number {
  const version: unknown = Reflect.get(stored, 'version');
  return typeof version === 'number' && Number.isInteger(version) && version > 0 ? version : 0;
}
