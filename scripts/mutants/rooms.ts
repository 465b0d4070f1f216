/** Which tests see whether a source file does what it is to do. */
import { existsSync, readdirSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';

/** The project's folder. */
export const ROOT = resolve(__dirname, '../..');

/** Test files that run one after another in one process. */
export interface TestRun {
  /** Tells it from the others, in a few words. */
  readonly name: string;
  readonly files: readonly string[];
  /** Mocha's --grep. */
  readonly grep?: string;
  /** Whether the tests load what the build wrote. */
  readonly needsBuild?: boolean;
}

/** The tests of a room: folders and files of test/. */
interface RoomTests {
  readonly tests: readonly string[];
  /** What tests it from further away, tried where the first see nothing. */
  readonly afterwards?: Omit<TestRun, 'name'>;
}

const inNodeRed = (...names: string[]): Omit<TestRun, 'name'> => ({
  files: names.map((name) => `node-red/${name}.test.ts`),
  needsBuild: true,
});

/** What these look at is what the build wrote: without it they fail. */
const READING_THE_BUILD: ReadonlySet<string> = new Set(['test/nodes/editor/dialog-files.test.ts']);

/** The suites of faults that mount no file systems: a run that is ended must not leave one mounted. */
const FAULTS = { files: ['faults/faults.test.ts'], grep: 'kill -9|flipped bits' };

/** The rooms whose tests are not all in the folder of their name below test/, or not there alone. */
export const ROOMS: Readonly<Record<string, RoomTests>> = {
  clock: { tests: ['clock'], afterwards: { files: ['true-time'] } },
  delivery: { tests: ['delivery'], afterwards: { files: ['lanes'] } },
  json: { tests: ['http', 'senio', 'databoom'] },
  nodes: {
    tests: ['nodes'],
    afterwards: inNodeRed('publish', 'dht22-in', 'picamera-in', 'station-in', 'outbox-sidebar'),
  },
  'nodes/connection-test': { tests: ['nodes'], afterwards: inNodeRed('dialogs') },
  'nodes/contract': { tests: ['nodes'] },
  'nodes/databoom-reading': { tests: ['nodes'] },
  'nodes/dialogs': { tests: ['nodes'], afterwards: inNodeRed('dialogs') },
  'nodes/editor': { tests: ['nodes'] },
  'nodes/publishing': { tests: ['nodes'], afterwards: inNodeRed('publish', 'bad-input') },
  'nodes/queues': { tests: ['nodes'], afterwards: inNodeRed('outbox-sidebar') },
  'nodes/runtime': { tests: ['nodes'], afterwards: inNodeRed('outbox', 'true-time', 'station') },
  'nodes/sources': { tests: ['nodes'], afterwards: inNodeRed('dht22-in', 'dht22-sensor', 'picamera-in') },
  outbox: { tests: ['outbox'], afterwards: FAULTS },
  station: { tests: ['station'], afterwards: FAULTS },
  storage: { tests: ['storage', 'outbox'], afterwards: FAULTS },
};

/** The test runs that try a source file, the quickest first. */
export function testRunsOf(file: string): readonly TestRun[] {
  const name = roomOf(file);
  const { tests, afterwards } = ROOMS[name] ?? { tests: [name] };
  const first = { name, files: namesakeFirst(tests.flatMap(testFilesIn), file) };
  if (!afterwards) return [first];
  const files = namesakeFirst(afterwards.files.flatMap(testFilesIn), file);
  return [first, { ...afterwards, name: `${name}, further away`, files }];
}

/** The listed room of the longest name that the file's path begins with, else its folder of src. */
function roomOf(file: string): string {
  const listed = Object.keys(ROOMS).filter((room) => file.startsWith(`src/${room}/`));
  const [longest] = listed.toSorted((a, b) => b.length - a.length);
  return longest ?? file.split('/')[1] ?? '';
}

function testFilesIn(place: string): readonly string[] {
  const path = join('test', place);
  if (place.endsWith('.ts')) return [path];
  if (!existsSync(join(ROOT, path))) return [];
  const found = readdirSync(join(ROOT, path), { recursive: true, encoding: 'utf8' });
  return found
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => join(path, name))
    .filter((file) => !READING_THE_BUILD.has(file))
    .toSorted();
}

/** The test of the same name is the most likely to fail. */
function namesakeFirst(tests: readonly string[], file: string): readonly string[] {
  const name = basename(file).replace(/\.ts$/, '.test.ts');
  return tests.toSorted((a, b) => Number(basename(b) === name) - Number(basename(a) === name));
}
