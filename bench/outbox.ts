/**
 * What the outbox and its courier cost: prints a table and ends with `goals: N of M met` (status 1 where one is missed).
 * Run: node --require tsx/cjs bench/outbox.ts [folder for the data]
 *
 * Each measurement runs in a process of its own on the built package.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { accepting } from './outbox/accepting';
import { measure, type Line } from './outbox/measure';
import { waiting } from './outbox/waiting';
import { report } from './report';

const ROOT = join(__dirname, '..');

/** Delays with nothing to do: what the machine itself adds. */
function idling(place: string): Line {
  const { own = Number.NaN, raw = Number.NaN } = measure('idle', place);
  return {
    what: 'longest event-loop delay, idle (this machine)',
    value: `${own.toFixed(1)} ms (by the clock, ${raw.toFixed(0)})`,
  };
}

function main(): void {
  const place = mkdtempSync(join(process.argv[2] ?? tmpdir(), 'bench-outbox-'));
  try {
    execFileSync(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', ROOT], {
      stdio: 'inherit',
    });
    report([idling(place), ...accepting(place), ...waiting(place)]);
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

main();
