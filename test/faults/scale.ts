/**
 * All fault suites at scale, for `npm run test:faults`: prints progress, and at the end one table. Ends with status 1
 * where anything is lost, altered, unexplained or stuck. `--scale 0.01` runs a hundredth of it.
 */
import { createCertificate } from '../support/certificates';
import { canMount } from './mounts';
import { outboxSuites } from './outbox-suites';
import { stationSuites } from './station/suites';
import { NEEDS, type Suite } from './suite';
import { isSound, tableOf, type Row } from './table';
import { troublesOf } from './verdict';

const BETWEEN_LINES_MS = 30_000;

function readScale(args: readonly string[]): number {
  const [name, value] = args;
  if (name === undefined) return 1;
  const scale = Number(value);
  if (name === '--scale' && scale > 0 && scale <= 1) return scale;
  throw new Error('The only argument is --scale with a number from 0 to 1, such as --scale 0.01');
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
  const scale = readScale(process.argv.slice(2));
  const times = (count: number) => Math.max(1, Math.round(count * scale));
  const suites = [...outboxSuites(times, certificate), ...stationSuites(times)];
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
