import { schedule } from '../../../src/clock';
import type { StationNotice } from '../../../src/station';
import { KEY, TestStation, TOKEN } from '../../station/support';
import { createPosts, KEEP_DAYS, SENSORS, type Posts } from './posts';

/** The posts of an observer that begins now. */
export function postsFromNow(): Posts {
  return createPosts(Date.now(), { key: KEY, token: TOKEN });
}

/** Opens the station of a folder in this process, with the real clock and its rounds, on a server of its own. */
export function openStation(folder: string, report: (notice: StationNotice) => void): Promise<TestStation> {
  return TestStation.start({
    folder,
    now: Date.now,
    schedule,
    sensors: SENSORS,
    retention: { ageMs: KEEP_DAYS * 86_400_000 },
    report,
  });
}
