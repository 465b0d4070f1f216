/**
 * All fault suites at scale, for `npm run test:faults`: prints progress, and at the end one table. Ends with status 1
 * where anything is lost, altered, unexplained or stuck. `--scale 0.01` runs a hundredth of it.
 */
import { VERSIONS } from '../node-red/support';
import { runBitFlips } from './bit-flips';
import { createCertificate, type Certificate } from '../support/certificates';
import { runFailingNetwork } from './failing-network';
import { runFailingService, runNodeRedFailingService } from './failing-service';
import { runFullDisks } from './full-disk';
import { runNodeRedKills, runNodeRedPowerCuts } from './lives';
import { canMount } from './mounts';
import { runNodeRedFullDisk } from './node-red-full-disk';
import { runPowerCuts } from './power-cuts';
import { runSecondNodeRed } from './second-node-red';
import { runSeveralDevices } from './several-devices';
import { isSound, tableOf, type Row } from './table';
import { runTwoConfigs } from './two-configs';
import { emptyVerdict, troublesOf, type Verdict } from './verdict';

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

/** What a suite needs of the machine, and why it is skipped without. */
const NEEDS = {
  mounts: 'file systems cannot be mounted here (root, mkfs.ext4, loop devices)',
  openssl: 'there is no openssl to make a certificate',
};
type Need = keyof typeof NEEDS;

/** A fault suite: what it is called, and how it runs. */
interface Suite {
  readonly name: string;
  readonly needs?: Need;
  readonly run: (
    tell: (done: number) => void,
  ) => Promise<{ readonly verdict: Verdict; readonly remark?: string }>;
}

const BETWEEN_LINES_MS = 30_000;

function readScale(args: readonly string[]): number {
  const [name, value] = args;
  if (name === undefined) return 1;
  const scale = Number(value);
  if (name === '--scale' && scale > 0 && scale <= 1) return scale;
  throw new Error('The only argument is --scale with a number from 0 to 1, such as --scale 0.01');
}

function suitesAt(scale: number, certificate: Certificate | undefined): readonly Suite[] {
  const times = (count: number) => Math.max(1, Math.round(count * scale));
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
        of(runNodeRedPowerCuts(version, times(FULL.nodeRedPowerCutsEach), tell)),
    })),
    {
      name: 'power cuts of a process that uses the outbox',
      needs: 'mounts',
      run: () => of(runPowerCuts(times(FULL.powerCuts))),
    },
    {
      name: 'a server that fails 30 % of requests in every way',
      run: (tell) => of(runFailingService(times(FULL.readings), tell)),
    },
    ...VERSIONS.map((version): Suite => ({
      name: `the same for ${version.name}`,
      run: () => of(runNodeRedFailingService(version)),
    })),
    {
      name: 'full disk',
      needs: 'mounts',
      run: () => of(runFullDisks(times(FULL.fullDisks))),
    },
    ...VERSIONS.map((version): Suite => ({
      name: `full disk of ${version.name}`,
      needs: 'mounts',
      run: () => of(runNodeRedFullDisk(version, times(FULL.nodeRedFullDisks))),
    })),
    ...VERSIONS.map((version): Suite => ({
      name: `a second ${version.name} on the folder`,
      run: () => of(runSecondNodeRed(version)),
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
      run: (tell) => of(runFailingNetwork(times(FULL.networkReadingsEach), undefined, tell)),
    },
    {
      name: 'the same with TLS',
      needs: 'openssl',
      run: (tell) => of(runFailingNetwork(times(FULL.networkReadingsEach), certificate, tell)),
    },
    { name: 'bit flips in the files of 400 readings', run: () => flip(times(FULL.flips)) },
  ];
}

async function of(running: Promise<Verdict>): Promise<{ readonly verdict: Verdict }> {
  return { verdict: await running };
}

/** Bit flips have a verdict of their own: what they destroy cannot be delivered, but must be reported. */
async function flip(count: number): Promise<{ readonly verdict: Verdict; readonly remark: string }> {
  const { flips, kept, missing, altered, silent, reported } = await runBitFlips(count);
  const verdict = { ...emptyVerdict(), faults: flips, accepted: kept, delivered: kept - missing, altered };
  verdict.lost = silent;
  const remark = `${missing} readings destroyed by ${reported} flips, each reported`;
  return { verdict, remark };
}

/** Runs a suite; undefined where it could not come to its end. */
async function runSuite({ name, run }: Suite): Promise<Row | undefined> {
  const begin = performance.now();
  let toldAt = begin;
  const say = (text: string) =>
    console.log(`${((performance.now() - begin) / 1000).toFixed(0).padStart(5)} s  ${name}: ${text}`);
  try {
    const { verdict, remark } = await run((done) => {
      if (performance.now() - toldAt < BETWEEN_LINES_MS) return;
      toldAt = performance.now();
      say(`${done} done`);
    });
    say(
      isSound(verdict)
        ? 'nothing lost'
        : `TROUBLE ${JSON.stringify(troublesOf(verdict))} ${verdict.notes.join('; ')}`,
    );
    const row: Row = { suite: name, verdict, ...(remark === undefined ? {} : { remark }) };
    // An hour is long: whoever ends the run early keeps what it has found so far.
    console.log(tableOf([row]));
    return row;
  } catch (error) {
    say(`FAILED: ${error instanceof Error ? error.stack : String(error)}`);
    return undefined;
  }
}

async function main(): Promise<void> {
  const certificate = createCertificate('IP:127.0.0.1');
  const suites = suitesAt(readScale(process.argv.slice(2)), certificate);
  const has = { mounts: await canMount(), openssl: certificate !== undefined };
  const possible: Suite[] = [];
  for (const suite of suites) {
    if (!suite.needs || has[suite.needs]) possible.push(suite);
    else console.log(`skipped: ${suite.name}: ${NEEDS[suite.needs]}`);
  }
  const rows: (Row | undefined)[] = [];
  // Two at a time: a Node-RED that starts leaves a second processor idle.
  for (let index = 0; index < possible.length; index += 2)
    rows.push(...(await Promise.all(possible.slice(index, index + 2).map((suite) => runSuite(suite)))));
  const done = rows.filter((row) => row !== undefined);
  console.log(`\n${tableOf(done)}`);
  if (done.length < rows.length || !done.every(({ verdict }) => isSound(verdict))) process.exitCode = 1;
}

void main();
