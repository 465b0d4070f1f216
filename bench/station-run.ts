/** One measurement of `station.ts`, in a process of its own; prints its result as JSON. Arguments: measurement, folder. */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import type * as StationRoom from '../src/station';
import type { Station } from '../src/station';
import { middleOf } from './report';
import { measurePage, measurePhone } from './station-page';

// The built room, as it is published: the TypeScript loader must not count.
const room: typeof StationRoom = require('../dist/station');

const KEY = 'aaaaaaaa-aaaa-4aaa-aaaa-aaaaaaaaaaaa';
const CONNECTIONS = 8;
const YEAR_MINUTES = 525_600;
const NEVER = new AbortController().signal;
const YEAR_START = Date.UTC(2025, 0, 1);
const YEAR_END = YEAR_START + (YEAR_MINUTES - 1) * 60_000;
const FIELDS = ['temp', 'humidity'] as const;
const RUNS = 31;
/** How long posts are counted. */
const SECONDS = 2;
const [measurement = '', folder = ''] = process.argv.slice(2);

/** A station on a port of this machine. */
async function serve(
  retentionBytes = 2 ** 31,
): Promise<{ station: Station; port: number; close: () => Promise<void> }> {
  const station = room.createStation({
    folder,
    now: Date.now,
    report: (notice) => console.error(notice),
    retention: { ageMs: 10 * 365 * 86_400_000, bytes: retentionBytes },
  });
  station.registerSensor({ name: 'rpi', key: KEY });
  const server = createServer(station.handle).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = async () => {
    server.closeAllConnections();
    server.close();
    await station.close();
  };
  return { station, port: portOf(server), close };
}

function portOf(server: Server): number {
  const address = server.address();
  if (typeof address !== 'object' || !address) throw new Error('No port');
  return address.port;
}

async function client(what: string, port: number, connections: number, amount: number): Promise<number> {
  const script = join(__dirname, 'station-client.ts');
  const options = ['--require', require.resolve('tsx/cjs'), script, what];
  const args = [...options, ...[port, connections, amount].map(String)];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  const { perSecond }: { perSecond: number } = JSON.parse(stdout);
  return perSecond;
}

/** Counts how many calls one answer of the storage thread answers: those that arrived together. */
function countGroups(): () => number {
  let [groups, calls] = [0, 0];
  const emit = Reflect.get(Worker.prototype, 'emit');
  Worker.prototype.emit = function counting(
    this: Worker,
    event: string | symbol,
    ...values: unknown[]
  ): boolean {
    const [answer] = values;
    if (event === 'message' && typeof answer === 'object' && answer !== null && 'replies' in answer) {
      groups += 1;
      calls += Array.isArray(answer.replies) ? answer.replies.length : 0;
    }
    return Reflect.apply(emit, this, [event, ...values]);
  };
  return () => calls / groups;
}

async function measurePosts() {
  const groupSize = countGroups();
  const { port, close } = await serve();
  const perSecond = await client('readings', port, CONNECTIONS, SECONDS);
  await close();
  return { perSecond, groupSize: groupSize() };
}

/** What is left to do without the station: the least HTTP server that commits what has arrived together. */
async function measureBare() {
  const database = openSqlite();
  const insert = database.prepare('INSERT OR IGNORE INTO measurements VALUES (?, ?, ?)');
  let waiting: { readonly keep: () => void; readonly answer: () => void }[] = [];
  function commit(): void {
    const arrived = waiting;
    waiting = [];
    database.exec('BEGIN');
    for (const { keep } of arrived) keep();
    database.exec('COMMIT');
    for (const { answer } of arrived) answer();
  }
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request
      .on('data', (chunk: Buffer) => chunks.push(chunk))
      .on('end', () => {
        const { timestamp, data } = JSON.parse(String(Buffer.concat(chunks)));
        if (waiting.length === 0) setImmediate(commit);
        waiting.push({
          keep: () => {
            insert.run(1, timestamp, data.temp);
            insert.run(2, timestamp, data.humidity);
          },
          answer: () => {
            response.statusCode = 201;
            response.end(JSON.stringify({ timestamp, data, tags: null }));
          },
        });
      });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const perSecond = await client('readings', portOf(server), CONNECTIONS, SECONDS);
  server.close();
  database.close();
  return { perSecond };
}

function openSqlite(): DatabaseSync {
  mkdirSync(folder, { recursive: true });
  const database = new DatabaseSync(join(folder, 'plain.sqlite'));
  database.exec(
    'PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; ' +
      'CREATE TABLE IF NOT EXISTS measurements (series INTEGER, timestamp REAL, value REAL, PRIMARY KEY (series, timestamp)) WITHOUT ROWID',
  );
  return database;
}

/** What SQLite does with the same rows when nothing else is done: no HTTP, no checks, no sums. */
function measureSqlite(groupSize: number) {
  const database = openSqlite();
  const insert = database.prepare('INSERT INTO measurements VALUES (?, ?, ?)');
  let count = 0;
  let owed = 0;
  const begun = performance.now();
  while (performance.now() - begun < SECONDS * 1000) {
    // Groups of 2 and 3 where the mean is between.
    owed += groupSize;
    database.exec('BEGIN');
    for (; owed >= 1; owed -= 1) {
      count += 1;
      for (const series of [1, 2]) insert.run(series, YEAR_START + count * 1000, 20 + (count % 50) / 10);
    }
    database.exec('COMMIT');
  }
  const perSecond = count / ((performance.now() - begun) / 1000);
  database.close();
  return { perSecond };
}

function valueAt(minute: number, field: number): number {
  const day = Math.sin((minute / 1440) * 2 * Math.PI) * 4;
  return Math.round((20 + field * 30 + day + ((minute * 7919) % 13) / 10) * 10) / 10;
}

async function fillYear(station: Station): Promise<void> {
  const transport = station.databoomTransport();
  for (let begin = 0; begin < YEAR_MINUTES; begin += 40_000) {
    const minutes = Array.from(
      { length: Math.min(40_000, YEAR_MINUTES - begin) },
      (_, index) => begin + index,
    );
    const historyOf = (field: number) =>
      minutes.map((minute) => ({
        date: new Date(YEAR_START + minute * 60_000).toISOString(),
        value: valueAt(minute, field),
      }));
    const signals = Object.fromEntries(FIELDS.map((name, field) => [name, { history: historyOf(field) }]));
    const delivered = await transport.deliver({ body: { device: 'd', signals }, unique: undefined }, NEVER);
    if (!delivered.ok) throw new Error(delivered.failure.message);
  }
}

async function fillStation() {
  const { station, close } = await serve();
  await fillYear(station);
  await close();
  return {};
}

async function measureYear() {
  const { port, close } = await serve();
  const times: number[] = [];
  let bytes = 0;
  for (let run = 0; run < RUNS; run += 1) {
    const begun = performance.now();
    const answers = FIELDS.map((field) =>
      fetch(
        `http://127.0.0.1:${port}/api/series?kind=device&source=d&field=${field}&from=${YEAR_START}&to=${YEAR_END}`,
      ).then((response) => response.arrayBuffer()),
    );
    bytes = (await Promise.all(answers)).reduce((sum, { byteLength }) => sum + byteLength, 0);
    times.push(performance.now() - begun);
  }
  await close();
  return { milliseconds: middleOf(times), bytes };
}

/** @param look opens the page of the year at an address */
async function measureLooking(look: (url: string) => Promise<object>): Promise<object> {
  const { port, close } = await serve();
  const measured = await look(`http://127.0.0.1:${port}/#/device/d?from=${YEAR_START}&to=${YEAR_END}`);
  await close();
  return measured;
}

function fillSqlite() {
  const database = openSqlite();
  const insert = database.prepare('INSERT OR IGNORE INTO measurements VALUES (?, ?, ?)');
  database.exec('BEGIN');
  for (let minute = 0; minute < YEAR_MINUTES; minute += 1) {
    for (const field of FIELDS.keys())
      insert.run(field, YEAR_START + minute * 60_000, valueAt(minute, field));
  }
  database.exec('COMMIT');
  database.close();
  return {};
}

/** All rows of the same year, without downsampling. */
function measureSelect() {
  const database = openSqlite();
  const select = database.prepare('SELECT timestamp, value FROM measurements WHERE series = ?');
  const times = Array.from({ length: 5 }, () => {
    const begun = performance.now();
    for (const field of FIELDS.keys()) select.all(field);
    return performance.now() - begun;
  });
  database.close();
  return { milliseconds: middleOf(times) };
}

async function measurePictures(count: number) {
  // A tenth of them fit, so that retention works at the same time.
  const { port, close } = await serve(200_000_000);
  await client('pictures', port, CONNECTIONS, 40);
  global.gc?.();
  const before = process.memoryUsage.rss();
  let most = before;
  const timer = setInterval(() => {
    most = Math.max(most, process.memoryUsage.rss());
  }, 10);
  const perSecond = await client('pictures', port, CONNECTIONS, count);
  clearInterval(timer);
  await close();
  return { megabytes: (most - before) / 2 ** 20, perSecond };
}

const MEASUREMENTS: Readonly<Record<string, () => object | Promise<object>>> = {
  posts: measurePosts,
  bare: measureBare,
  sqlite: () => measureSqlite(Number(process.argv[4])),
  'fill-year': fillStation,
  year: measureYear,
  page: () => measureLooking((url) => measurePage(url, FIELDS.length)),
  phone: () => measureLooking(measurePhone),
  'fill-select': fillSqlite,
  select: measureSelect,
  pictures: () => measurePictures(1000),
};

async function main(): Promise<void> {
  const measure = MEASUREMENTS[measurement];
  if (!measure) throw new Error(`No such measurement: ${measurement}`);
  console.log(JSON.stringify(await measure()));
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
