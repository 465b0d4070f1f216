/** What it costs that a million readings wait, and how fast they go once they can. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { copyOf } from '../copy';
import { delayLine, figures, measure, median, repeated, RUNS, type Line, type Measured } from './measure';

const GOALS = { drainRatio: 0.8, memoryMb: 35, backlogPerSecond: 40_000, backlogDelayMs: 20, growth: 0.1 };

/** The heap that V8 gives itself on a Raspberry Pi with 1 GB; it takes several times as much on a large machine. */
const SMALL_HEAP = ['--max-semi-space-size=8', '--max-old-space-size=512'];

/** With nothing waiting, with a million readings of one device, and with as many of ten. */
export function waiting(place: string): readonly Line[] {
  return [memory(join(place, 'memory'), 'empty'), ...ofOneDevice(place), ...ofTenDevices(place)];
}

function ofOneDevice(place: string): readonly Line[] {
  return filled(join(place, 'large'), 1, (folder) => [
    ...opening(place, folder),
    ...backlog(folder, 1),
    ...draining(place, folder),
    memory(folder, '1 million waiting'),
  ]);
}

function ofTenDevices(place: string): readonly Line[] {
  return filled(join(place, 'many'), 10, (folder) => backlog(folder, 10));
}

/** The lines of a folder with a million readings, which is there as long as they are measured. */
function filled(
  folder: string,
  devices: number,
  lines: (folder: string) => readonly Line[],
): readonly Line[] {
  measure('fill1m', folder, { devices });
  try {
    return lines(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function opening(place: string, large: string): readonly Line[] {
  const empty = repeated((run) => measure('open', join(place, `empty-${run}`)));
  const full = repeated(() => measure('open', large));
  return [
    { what: 'opened, empty', value: `${median(empty, 'milliseconds').toFixed(0)} ms` },
    { what: 'opened, 1 million waiting', value: `${median(full, 'milliseconds').toFixed(0)} ms` },
  ];
}

/** Without a sender: leasing and acknowledging alone. */
function draining(place: string, large: string): readonly Line[] {
  const small = join(place, 'small');
  const [few, many]: [Measured[], Measured[]] = [[], []];
  for (let run = 0; run < RUNS + 2; run += 1) {
    measure('fill10k', small);
    few.push(measure('drain', small));
    many.push(measure('drain', large));
  }
  const [withFew, withMany] = [median(few, 'perSecond'), median(many, 'perSecond')];
  return [
    { what: 'drained, 10 thousand waiting', value: `${withFew.toFixed(0)} /s` },
    {
      what: 'drained, 1 million waiting',
      value: `${withMany.toFixed(0)} /s (${((withMany / withFew) * 100).toFixed(0)} %)`,
      goal: `≥ ${GOALS.drainRatio * 100} %`,
      isMet: withMany >= withFew * GOALS.drainRatio,
    },
  ];
}

function memory(folder: string, title: string): Line {
  const runs = repeated(() => measure('memory', folder));
  const used = median(runs, 'megabytes');
  return {
    what: `memory added, ${title}`,
    value: `${used.toFixed(1)} MB`,
    goal: `≤ ${GOALS.memoryMb} MB`,
    isMet: used <= GOALS.memoryMb,
  };
}

/** A sender delivers all that waits in `folder`, merged into history, to a server that checks each value. */
function backlog(folder: string, devices: number): readonly Line[] {
  const title = `backlog of 1 million, ${devices === 1 ? '1 device' : `${devices} devices`}`;
  const runs = repeated(() =>
    onCopy(folder, (copy) => measure('backlog', copy, { devices, options: SMALL_HEAP })),
  );
  // Other programs on the machine can only make it slower.
  const rate = Math.max(...figures(runs, 'perSecond'));
  const [megabytes, halfway] = [median(runs, 'megabytes'), median(runs, 'halfwayMegabytes')];
  const growth = (megabytes - halfway) / halfway;
  return [
    {
      what: `delivered, ${title}`,
      value: `${rate.toFixed(0)} /s (${median(runs, 'processorUs').toFixed(1)} µs of processor each)`,
      goal: `≥ ${GOALS.backlogPerSecond} /s`,
      isMet: rate >= GOALS.backlogPerSecond,
    },
    {
      what: `sent, ${title}`,
      value: `${median(runs, 'requests').toFixed(0)} requests, ${median(runs, 'bytes').toFixed(0)} bytes for each`,
    },
    delayLine(title, runs, { own: 'delayMs', raw: 'rawDelayMs' }, GOALS.backlogDelayMs),
    {
      what: `memory added, ${title}`,
      value: `${megabytes.toFixed(0)} MB, ${(growth * 100).toFixed(0)} % of it in the second half`,
      goal: `≤ ${GOALS.growth * 100} %`,
      isMet: growth <= GOALS.growth,
    },
  ];
}

function onCopy(folder: string, run: (copy: string) => Measured): Measured {
  const copy = copyOf(folder);
  try {
    return run(copy);
  } finally {
    rmSync(copy, { recursive: true });
  }
}
