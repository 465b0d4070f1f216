/**
 * What the outbox costs: prints a table and ends with `goals: N of M met` (status 1 where one is missed).
 * Run: node --require tsx/cjs bench/outbox.ts [folder for the data]
 *
 * Each measurement runs in a process of its own on the built package. Other programs on the machine can only make
 * delays look longer, so the least of three runs counts; what the clock showed at worst stands beside it.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(__dirname, '..');
const RUNS = 3;
const SLOW_MS = 20;

const GOALS = { delayMs: 5, drainRatio: 0.8, memoryMb: 35 };

interface Line {
  readonly what: string;
  readonly value: string;
  readonly goal?: string;
  readonly isMet?: boolean;
}

type Measured = Readonly<Record<string, number>>;

function measure(name: string, folder: string, preload = ''): Measured {
  const script = join(__dirname, 'outbox-run.ts');
  const options = ['--expose-gc', '--require', require.resolve('tsx/cjs'), script, name, folder];
  const env = preload === '' ? process.env : { ...process.env, LD_PRELOAD: preload };
  const output = execFileSync(process.execPath, options, {
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const measured: Measured = JSON.parse(output);
  return measured;
}

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** One figure of several runs. */
function figures(runs: readonly Measured[], name: string): readonly number[] {
  return runs.map((run) => run[name] ?? Number.NaN);
}

function accepting(place: string, title: string, preload: string): readonly Line[] {
  const runs = Array.from({ length: RUNS }, (_, run) =>
    measure('accept', join(place, `${title}-${run}`), preload),
  );
  return (['single', 'grouped'] as const).flatMap((name) => {
    const how = `${name === 'single' ? 'one by one' : '64 in flight'}, ${title}`;
    const delay = Math.min(...figures(runs, `${name}DelayMs`));
    const worst = Math.max(...figures(runs, `${name}RawDelayMs`));
    return [
      { what: `accepted, ${how}`, value: `${median(figures(runs, `${name}PerSecond`)).toFixed(0)} /s` },
      {
        what: `written for each, ${how}`,
        value: `${(median(figures(runs, `${name}Bytes`)) / 1000).toFixed(1)} kB`,
      },
      {
        what: `longest event-loop delay, ${how}`,
        value: `${delay.toFixed(1)} ms (by the clock, at worst ${worst.toFixed(0)})`,
        goal: `≤ ${GOALS.delayMs} ms`,
        isMet: delay <= GOALS.delayMs,
      },
    ];
  });
}

/** A library that makes each sync slower; undefined where there is no C compiler. */
function buildSlowSync(place: string): string | undefined {
  const library = join(place, 'slow-sync.so');
  try {
    execFileSync('cc', ['-shared', '-fPIC', '-o', library, join(__dirname, 'slow-sync.c'), '-ldl'], {
      stdio: 'pipe',
    });
    return library;
  } catch {
    return undefined;
  }
}

function slowAccepting(place: string): readonly Line[] {
  const library = buildSlowSync(place);
  const title = `${SLOW_MS} ms added to each sync`;
  if (library !== undefined) return accepting(place, title, library);
  return [
    {
      what: title,
      value: 'not measured: there is no C compiler (cc)',
      goal: `≤ ${GOALS.delayMs} ms`,
      isMet: false,
    },
  ];
}

function draining(place: string): readonly Line[] {
  const [small, large] = [join(place, 'small'), join(place, 'large')];
  measure('fill1m', large);
  const empty = Array.from({ length: RUNS }, (_, run) => measure('open', join(place, `empty-${run}`)));
  const opening = Array.from({ length: RUNS }, () => measure('open', large));
  const [few, many]: [Measured[], Measured[]] = [[], []];
  for (let run = 0; run < RUNS + 2; run += 1) {
    measure('fill10k', small);
    few.push(measure('drain', small));
    many.push(measure('drain', large));
  }
  const [withFew, withMany] = [median(figures(few, 'perSecond')), median(figures(many, 'perSecond'))];
  return [
    { what: 'opened, empty', value: `${median(figures(empty, 'milliseconds')).toFixed(0)} ms` },
    { what: 'opened, 1 million waiting', value: `${median(figures(opening, 'milliseconds')).toFixed(0)} ms` },
    { what: 'drained, 10 thousand waiting', value: `${withFew.toFixed(0)} /s` },
    {
      what: 'drained, 1 million waiting',
      value: `${withMany.toFixed(0)} /s (${((withMany / withFew) * 100).toFixed(0)} %)`,
      goal: `≥ ${GOALS.drainRatio * 100} %`,
      isMet: withMany >= withFew * GOALS.drainRatio,
    },
    memory(large, '1 million waiting'),
  ];
}

function memory(folder: string, title: string): Line {
  const used = median(
    figures(
      Array.from({ length: RUNS }, () => measure('memory', folder)),
      'megabytes',
    ),
  );
  return {
    what: `memory added, ${title}`,
    value: `${used.toFixed(1)} MB`,
    goal: `≤ ${GOALS.memoryMb} MB`,
    isMet: used <= GOALS.memoryMb,
  };
}

function main(): void {
  const place = mkdtempSync(join(process.argv[2] ?? tmpdir(), 'bench-outbox-'));
  try {
    execFileSync(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', ROOT], {
      stdio: 'inherit',
    });
    const idle = measure('idle', place);
    const lines: readonly Line[] = [
      {
        what: 'longest event-loop delay, idle (this machine)',
        value: `${(idle['own'] ?? 0).toFixed(1)} ms (by the clock, ${(idle['raw'] ?? 0).toFixed(0)})`,
      },
      ...accepting(place, 'as it is', ''),
      ...slowAccepting(place),
      memory(join(place, 'memory'), 'empty'),
      ...draining(place),
    ];
    for (const { what, value, goal, isMet } of lines)
      console.log(
        `${what.padEnd(66)} ${value}${goal === undefined ? '' : `   goal ${goal}: ${isMet ? 'met' : 'MISSED'}`}`,
      );
    const goals = lines.filter((line) => line.goal !== undefined);
    const met = goals.filter((line) => line.isMet).length;
    console.log(`goals: ${met} of ${goals.length} met`);
    if (met < goals.length) process.exitCode = 1;
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

main();
