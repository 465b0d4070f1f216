import { join } from 'node:path';
import { measureIn, type ProcessSetting } from './process';
import type { Measured } from './report';

/** How a measurement of the station is run. */
export interface StationSetting extends ProcessSetting {
  /** Posts that SQLite alone keeps in one commit, in the mean. */
  readonly groupSize?: number | undefined;
}

/** Runs the measurement of `station-run.ts` with a name once. */
export function measureStation(name: string, folder: string, setting: StationSetting = {}): Measured {
  const options = ['--experimental-sqlite', '--disable-warning=ExperimentalWarning'];
  const args = [name, folder, String(setting.groupSize ?? '')];
  return measureIn(join(__dirname, 'station-run.ts'), args, { ...setting, options });
}
