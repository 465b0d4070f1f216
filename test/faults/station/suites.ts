/** The fault suites of the station. */
import { VERSIONS } from '../../node-red/support';
import { outcomeOfFlips, type Outcome, type Suite, type Times } from '../suite';
import { runStationBitFlips } from './bit-flips';
import { runDeletedFolders, runNodeRedDeletedFolders } from './deleted-folders';
import { runStationFullDisks } from './full-disk';
import { runNodeRedStationKills } from './node-red';
import type { StationVerdict } from './outcome';
import { runStationKills, runStationPowerCuts } from './processes';

/** How much of each at full scale. */
const FULL = {
  nodeRedKillsEach: 200,
  kills: 200,
  powerCuts: 25,
  fullDisks: 20,
  deletedFolders: 50,
  flips: 2000,
};

export function stationSuites(times: Times): readonly Suite[] {
  return [
    ...VERSIONS.map((version): Suite => ({
      name: `station: kill -9 of ${version.name}`,
      run: (tell) => outcome(runNodeRedStationKills(version, times(FULL.nodeRedKillsEach), tell)),
    })),
    {
      name: 'station: kill -9 of a process that serves it',
      run: (tell) => outcome(runStationKills(times(FULL.kills), { tell })),
    },
    {
      name: 'station: power cuts of a process that serves it',
      needs: 'mounts',
      run: () => outcome(runStationPowerCuts(times(FULL.powerCuts))),
    },
    {
      name: 'station: full disk',
      needs: 'mounts',
      run: () => outcome(runStationFullDisks(times(FULL.fullDisks))),
    },
    ...VERSIONS.map((version): Suite => ({
      name: `station: its folder deleted under ${version.name}`,
      run: (tell) => outcome(runNodeRedDeletedFolders(version, times(FULL.deletedFolders), tell)),
    })),
    {
      name: 'station: its folder deleted under a process that serves it',
      run: (tell) => outcome(runDeletedFolders(times(FULL.deletedFolders), tell)),
    },
    {
      name: 'station: bit flips in its database, log and pictures',
      run: () => outcomeOfFlips(runStationBitFlips(times(FULL.flips))),
    },
  ];
}

/** An outcome with what senders had to do. */
async function outcome(running: Promise<StationVerdict>): Promise<Outcome> {
  const verdict = await running;
  const { repeated, turnedAway } = verdict;
  const told = turnedAway > 0 ? `, ${turnedAway} answers that told to come again, with the reason` : '';
  return { verdict, remark: `${repeated} posts sent again${told}` };
}
