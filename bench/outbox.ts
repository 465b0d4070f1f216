/**
 * npm run bench:outbox: what the outbox and its sender cost. Prints a table and ends with `goals: N of M met` (status 1
 * where one is missed). Argument: a folder for the data, if not the system's for temporary files.
 *
 * Each measurement runs in a process of its own on the built package.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { accepting } from './outbox/accepting';
import { measure, type Line } from './outbox/measure';
import { waiting } from './outbox/waiting';
import { middleOf, report } from './report';
import { measureSenioBacklog } from './senio-backlog';

const SENIO_BACKLOG = 10_000;
const SENIO_TURNS = 5;
const SENIO_RATIO = 2;

/** Delays with nothing to do: what the machine itself adds. */
function idling(place: string): Line {
  const { own = Number.NaN, raw = Number.NaN } = measure('idle', place);
  return {
    what: 'longest event-loop delay, idle (this machine)',
    value: `${own.toFixed(1)} ms (by the clock, ${raw.toFixed(0)})`,
  };
}

/** A backlog of Senio posts in a real Node-RED, against core nodes that send the same. */
async function senioBacklog(place: string): Promise<readonly Line[]> {
  const runs = await measureSenioBacklog(place, SENIO_BACKLOG, SENIO_TURNS);
  const against = (name: 'core' | 'coreKeepAlive', what: string) => {
    const ratio = middleOf(runs.map((run) => run.publish / run[name]));
    const rate = middleOf(runs.map((run) => run[name])).toFixed(0);
    return {
      ratio,
      line: { what, value: `${rate} /s (senio-publish is ${ratio.toFixed(2)} times as fast)` },
    };
  };
  const rate = middleOf(runs.map(({ publish }) => publish));
  const core = against('core', 'the same posts by core nodes');
  return [
    { what: `delivered, backlog of ${SENIO_BACKLOG} Senio posts`, value: `${rate.toFixed(0)} /s` },
    { ...core.line, goal: `≥ ${SENIO_RATIO} times`, isMet: core.ratio >= SENIO_RATIO },
    against('coreKeepAlive', 'the same, set to keep connections alive').line,
  ];
}

async function main(): Promise<void> {
  const place = mkdtempSync(join(process.argv[2] ?? tmpdir(), 'bench-outbox-'));
  try {
    report([idling(place), ...accepting(place), ...waiting(place), ...(await senioBacklog(place))]);
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
