/** Rows 9, 10 and one of 11: the station, against SQLite alone with the same rows. */
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { copyOf } from '../copy';
import { buildSlowSync, NO_COMPILER, SLOW_MS } from '../slow-sync';
import { measureStation, type StationSetting } from '../station-measure';
import type { Contest, Measure, Side } from './contest';
import { atLeast, fasterBy, type Goal } from './outcome';

const POSTS = 'station: posts accepted, synced, from 8 connections';
const SLOW = `${SLOW_MS} ms added to each sync`;
const SQLITE = 'SQLite alone, the same rows in batches of what arrives together';
const PER_SECOND = { figure: 'perSecond', unit: '/s' };

const POST_GOALS: readonly Goal[] = [
  { row: 9, work: POSTS, against: SQLITE, ours: 'posts', theirs: 'sqlite', ...PER_SECOND, ...atLeast(0.5) },
  {
    row: 9,
    work: `${POSTS}, ${SLOW}`,
    against: 'the same, as slow',
    ours: 'slowPosts',
    theirs: 'slowSqlite',
    ...PER_SECOND,
    ...atLeast(0.5),
  },
  {
    row: 11,
    work: 'row 9, a million rows in the store',
    against: 'the same with an empty store',
    ours: 'grownPosts',
    theirs: 'posts',
    ...PER_SECOND,
    ...atLeast(0.8),
  },
];

/** Posts, and SQLite alone with as many posts a commit as had arrived together at a station. */
function postsAndSqlite(place: string, setting: StationSetting): readonly [Measure, Measure] {
  const run = (name: string, more: StationSetting = {}) => {
    const folder = mkdtempSync(join(place, `${name}-`));
    const measured = measureStation(name, folder, { ...setting, ...more });
    rmSync(folder, { recursive: true });
    return measured;
  };
  const { groupSize } = run('posts');
  return [() => Promise.resolve(run('posts')), () => Promise.resolve(run('sqlite', { groupSize }))];
}

export const stationPosts: Contest = {
  name: 'station-posts',
  warmUps: 0,
  goals: POST_GOALS,
  prepare(place) {
    const [posts, sqlite] = postsAndSqlite(place, {});
    const preload = buildSlowSync(place);
    const missing: Side = { missing: NO_COMPILER };
    const slow = preload === undefined ? [] : postsAndSqlite(place, { preload });
    const [slowPosts = missing, slowSqlite = missing] = slow;
    const year = join(place, 'year');
    measureStation('fill-year', year);
    const grownPosts: Measure = () => {
      const folder = copyOf(year);
      const measured = measureStation('posts', folder);
      rmSync(folder, { recursive: true });
      return Promise.resolve(measured);
    };
    return Promise.resolve({ sides: { posts, sqlite, grownPosts, slowPosts, slowSqlite }, close: () => {} });
  },
};

export const stationYear: Contest = {
  name: 'station-year',
  warmUps: 0,
  goals: [
    {
      row: 10,
      work: 'station: a year of two fields, 1,051,200 rows, query and JSON',
      against: '`SELECT` of the same rows',
      ours: 'year',
      theirs: 'select',
      figure: 'milliseconds',
      unit: 'ms',
      ...fasterBy(5),
    },
  ],
  prepare(place) {
    const sideOf = (name: string): Measure => {
      measureStation(`fill-${name}`, join(place, name));
      return () => Promise.resolve(measureStation(name, join(place, name)));
    };
    return Promise.resolve({ sides: { year: sideOf('year'), select: sideOf('select') }, close: () => {} });
  },
};
