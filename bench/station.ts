/**
 * What the station does and costs: prints a table and ends with `goals: N of M met` (status 1 where one is missed).
 * Run: node --require tsx/cjs bench/station.ts [folder for the data]
 *
 * Each measurement runs in a process of its own on the built package, with the posts coming from another one. What is
 * compared is measured in turns, and the median of the ratios counts: other programs slow both down.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { figures, median, middleOf, report, type Line, type Measured } from './report';
import { buildSlowSync, NO_COMPILER, SLOW_MS } from './slow-sync';
import { measureStation } from './station-measure';

const RUNS = 3;

/** A year of two fields, as a page shows it; and how much of the disk's own speed posts have. */
const GOALS = {
  ratio: 0.5,
  milliseconds: 50,
  bytes: 100_000,
  speedUp: 5,
  megabytes: 100,
  paintedMilliseconds: 1000,
  /** The first graph where 400 kbit/s come 400 ms late. */
  phoneMilliseconds: 2500,
};

const NO_BROWSER = 'not measured: there is no Chromium';

interface Round {
  readonly posts: Measured;
  readonly sqlite: Measured;
  readonly bare: Measured;
}

/** The station, SQLite alone, and the least server with SQLite, one after the other. */
function rounds(place: string, preload: string | undefined): readonly Round[] {
  return Array.from({ length: RUNS }, (_, run) => {
    const folder = (name: string) =>
      join(place, `${name}-${preload === undefined ? 'as-it-is' : 'slow'}-${run}`);
    const posts = measureStation('posts', folder('posts'), { preload });
    const groupSize = posts['groupSize'];
    const sqlite = measureStation('sqlite', folder('sqlite'), { preload, groupSize });
    return { posts, sqlite, bare: measureStation('bare', folder('bare'), { preload }) };
  });
}

function posting(
  place: string,
  title: string,
  preload: string | undefined,
  comparison: 'sqlite' | 'bare',
): readonly Line[] {
  const measured = rounds(place, preload);
  const perSecond = (name: keyof Round) =>
    figures(
      measured.map((round) => round[name]),
      'perSecond',
    );
  const ratiosTo = (name: 'sqlite' | 'bare') =>
    middleOf(perSecond('posts').map((posts, run) => posts / (perSecond(name)[run] ?? Number.NaN)));
  const groups = median(
    measured.map(({ posts }) => posts),
    'groupSize',
  );
  const lines = (
    [
      ['sqlite', `SQLite alone, ${groups.toFixed(1)} posts a commit`],
      ['bare', 'a bare HTTP server with SQLite'],
    ] as const
  ).map(([name, what]): Line => {
    const ratio = ratiosTo(name);
    const value = `${middleOf(perSecond(name)).toFixed(0)} /s (the station has ${(ratio * 100).toFixed(0)} % of it)`;
    const line = { what: `${what}, ${title}`, value };
    return name === comparison
      ? { ...line, goal: `≥ ${GOALS.ratio * 100} %`, isMet: ratio >= GOALS.ratio }
      : line;
  });
  return [
    {
      what: `posts accepted, synced, 8 connections, ${title}`,
      value: `${middleOf(perSecond('posts')).toFixed(0)} /s`,
    },
    ...lines,
  ];
}

/** On a card that takes its time, where the disk decides; without a C compiler it is not measured. */
function slowPosting(place: string): readonly Line[] {
  const title = `${SLOW_MS} ms added to each sync`;
  const library = buildSlowSync(place);
  if (library !== undefined) return posting(place, title, library, 'sqlite');
  const value = `not measured: ${NO_COMPILER}`;
  return [{ what: `posts, ${title}`, value, goal: `≥ ${GOALS.ratio * 100} %`, isMet: false }];
}

function looking(place: string): readonly Line[] {
  for (const name of ['year', 'select']) measureStation(`fill-${name}`, join(place, name));
  const year = measureStation('year', join(place, 'year'));
  const select = measureStation('select', join(place, 'select'));
  const { milliseconds = Number.NaN, bytes = Number.NaN } = year;
  const ratio = (select['milliseconds'] ?? Number.NaN) / milliseconds;
  return [
    {
      what: 'a year of two fields (1,051,200 rows), query and JSON, median',
      value: `${milliseconds.toFixed(1)} ms`,
      goal: `≤ ${GOALS.milliseconds} ms`,
      isMet: milliseconds <= GOALS.milliseconds,
    },
    {
      what: 'its size',
      value: `${(bytes / 1000).toFixed(1)} kB`,
      goal: `≤ ${GOALS.bytes / 1000} kB`,
      isMet: bytes <= GOALS.bytes,
    },
    {
      what: 'SELECT of the same rows',
      value: `${(select['milliseconds'] ?? Number.NaN).toFixed(0)} ms (${ratio.toFixed(0)} times as long)`,
      goal: `≥ ${GOALS.speedUp} times`,
      isMet: ratio >= GOALS.speedUp,
    },
    painting(place),
    paintingOnPhone(place),
  ];
}

/** On the year that `looking` has filled in. */
function painting(place: string): Line {
  const { milliseconds } = measureStation('page', join(place, 'year'));
  const isMeasured = milliseconds !== undefined;
  return {
    what: 'the page with this year, from nothing to painted in Chromium, median',
    value: isMeasured ? `${milliseconds.toFixed(0)} ms` : NO_BROWSER,
    goal: `≤ ${GOALS.paintedMilliseconds} ms`,
    isMet: isMeasured && milliseconds <= GOALS.paintedMilliseconds,
  };
}

/** The same year, as it comes over a slow network to a phone that has never seen the page. */
function paintingOnPhone(place: string): Line {
  const { milliseconds } = measureStation('phone', join(place, 'year'));
  return {
    what: 'its first graph on a phone (400 kbit/s, 400 ms, nothing cached), median',
    value: milliseconds === undefined ? NO_BROWSER : `${milliseconds.toFixed(0)} ms`,
    goal: `≤ ${GOALS.phoneMilliseconds} ms`,
    isMet: milliseconds !== undefined && milliseconds <= GOALS.phoneMilliseconds,
  };
}

function receivingPictures(place: string): readonly Line[] {
  const { megabytes = Number.NaN, perSecond = Number.NaN } = measureStation(
    'pictures',
    join(place, 'pictures'),
  );
  return [
    { what: 'pictures of 2 MB accepted, synced, 8 connections', value: `${perSecond.toFixed(0)} /s` },
    {
      what: 'memory added while 1,000 of them came in',
      value: `${megabytes.toFixed(0)} MB`,
      goal: `≤ ${GOALS.megabytes} MB`,
      isMet: megabytes <= GOALS.megabytes,
    },
  ];
}

function main(): void {
  const place = mkdtempSync(join(process.argv[2] ?? tmpdir(), 'bench-station-'));
  try {
    report([
      ...posting(place, 'as it is', undefined, 'bare'),
      ...slowPosting(place),
      ...looking(place),
      ...receivingPictures(place),
    ]);
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

main();
