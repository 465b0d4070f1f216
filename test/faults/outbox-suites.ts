/** The fault suites of the outbox, and of the way from it to a service. */
import { VERSIONS } from '../node-red/support';
import type { Certificate } from '../support/certificates';
import { runBitFlips } from './bit-flips';
import { runFailingNetwork } from './failing-network';
import { runFailingService, runNodeRedFailingService } from './failing-service';
import { runFullDisks } from './full-disk';
import { runNodeRedKills, runNodeRedPowerCuts } from './lives';
import { runNodeRedFullDisk } from './node-red-full-disk';
import { runPowerCuts } from './power-cuts';
import { runSecondNodeRed } from './second-node-red';
import { runSeveralDevices } from './several-devices';
import { outcomeOf, outcomeOfFlips, type Suite, type Times } from './suite';
import { runTwoConfigs } from './two-configs';

/** How much of each at full scale. */
const FULL = {
  nodeRedKillsEach: 500,
  nodeRedPowerCutsEach: 25,
  powerCuts: 50,
  readings: 100_000,
  flips: 10_000,
  fullDisks: 20,
  nodeRedFullDisks: 5,
  severalDevicesKillsEach: 50,
  twoConfigsKillsEach: 50,
  networkReadingsEach: 2000,
};

/** @param certificate of the server that speaks TLS; undefined where none can be made */
export function outboxSuites(times: Times, certificate: Certificate | undefined): readonly Suite[] {
  return [
    ...VERSIONS.map((version): Suite => ({
      name: `kill -9 of ${version.name}`,
      run: async (tell: (done: number) => void) => {
        const verdict = await runNodeRedKills(version, times(FULL.nodeRedKillsEach), tell);
        return { verdict, remark: `${verdict.underLoad} kills while readings waited` };
      },
    })),
    ...VERSIONS.map((version): Suite => ({
      name: `power cuts of ${version.name}`,
      needs: 'mounts',
      run: (tell: (done: number) => void) =>
        outcomeOf(runNodeRedPowerCuts(version, times(FULL.nodeRedPowerCutsEach), tell)),
    })),
    {
      name: 'power cuts of a process that uses the outbox',
      needs: 'mounts',
      run: () => outcomeOf(runPowerCuts(times(FULL.powerCuts))),
    },
    {
      name: 'a server that fails 30 % of requests in every way',
      run: (tell) => outcomeOf(runFailingService(times(FULL.readings), tell)),
    },
    ...VERSIONS.map((version): Suite => ({
      name: `the same for ${version.name}`,
      run: () => outcomeOf(runNodeRedFailingService(version)),
    })),
    {
      name: 'full disk',
      needs: 'mounts',
      run: () => outcomeOf(runFullDisks(times(FULL.fullDisks))),
    },
    ...VERSIONS.map((version): Suite => ({
      name: `full disk of ${version.name}`,
      needs: 'mounts',
      run: () => outcomeOf(runNodeRedFullDisk(version, times(FULL.nodeRedFullDisks))),
    })),
    ...VERSIONS.map((version): Suite => ({
      name: `a second ${version.name} on the folder`,
      run: () => outcomeOf(runSecondNodeRed(version)),
    })),
    ...VERSIONS.map((version): Suite => ({
      name: `several devices and kill -9 of ${version.name}`,
      run: async (tell: (done: number) => void) => {
        const verdict = await runSeveralDevices(version, times(FULL.severalDevicesKillsEach), tell);
        const { waiting, mostTurnedAway } = verdict;
        const remark = `${waiting} of devices that are never taken wait; at most ${mostTurnedAway} requests of bad devices before good ones`;
        return { verdict, remark };
      },
    })),
    ...VERSIONS.map((version): Suite => ({
      name: `two config nodes for one queue and kill -9 of ${version.name}`,
      run: async (tell: (done: number) => void) => {
        const verdict = await runTwoConfigs(version, times(FULL.twoConfigsKillsEach), tell);
        const { deploys, mostWithOldKey } = verdict;
        const remark = `renamed ${deploys} times; at most ${mostWithOldKey} requests with the old key in a life`;
        return { verdict, remark };
      },
    })),
    {
      name: 'a network that breaks connections in every way',
      run: (tell) => outcomeOf(runFailingNetwork(times(FULL.networkReadingsEach), undefined, tell)),
    },
    {
      name: 'the same with TLS',
      needs: 'openssl',
      run: (tell) => outcomeOf(runFailingNetwork(times(FULL.networkReadingsEach), certificate, tell)),
    },
    {
      name: 'bit flips in the files of 400 readings',
      run: () => outcomeOfFlips(runBitFlips(times(FULL.flips))),
    },
  ];
}
