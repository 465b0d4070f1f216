import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { importsAmong, readSources, type Import } from './imports';
import { findDeepImports, findFileCircles, findFolderCircles, findUpwardImports } from './rules';

const ROOT = resolve(__dirname, '../..');
const SOURCES = join(ROOT, 'src');

/**
 * The rooms from the top to the bottom: each imports only those that come after it. A name with a slash is a room
 * within a room. docs/architecture.md says what each does.
 */
const ORDER = [
  'nodes',
  'nodes/editor/sidebar',
  'nodes/editor/sensor-choice',
  'nodes/editor/camera-options',
  'nodes/editor/dialogs',
  'nodes/editor/station-page',
  'nodes/editor/elements',
  'nodes/editor/red',
  'nodes/camera-source',
  'nodes/connection-test',
  'nodes/dht22-source',
  'nodes/dialogs',
  'nodes/queues',
  'nodes/admin',
  'nodes/publishing',
  'nodes/sources',
  'nodes/runtime',
  'nodes/contract',
  'page',
  'senio',
  'databoom',
  'station',
  'station/receiver',
  'station/views',
  'station/access',
  'station/ingest',
  'station/events',
  'station/unconfirmed',
  'station/registry',
  'station/store',
  'station/store/embedded',
  'station/store/contract',
  'station/protocol',
  'station/vocabulary',
  'delivery',
  'outbox',
  'storage',
  'http',
  'serving',
  'dht22',
  'raspberry-pi-header',
  'camera',
  'camera-options',
  'clock',
  'container',
  'subprocess',
  'fields',
  'image',
  'json',
  'result',
  'visible-text',
];

/** What may break a rule: where, and why. */
const KNOWN: readonly { readonly where: RegExp; readonly reason: string }[] = [
  {
    where: /^page\/\S+ imports station\/views\/api\.ts past /,
    reason: 'The page runs in a browser, where no other file of the station does.',
  },
];

const unknown = (violations: readonly string[]): readonly string[] =>
  violations.filter((violation) => !KNOWN.some(({ where }) => where.test(violation)));

/** The imports among files of which only these lines are known. */
function importsOf(files: Readonly<Record<string, string>>): readonly Import[] {
  return importsAmong(new Map(Object.entries(files)));
}

/** The rooms that the first column of a page's table of rooms has. */
function roomsOfPage(page: string): readonly string[] {
  const rows = readFileSync(join(ROOT, page), 'utf8').split('\n');
  const head = rows.findIndex((row) => row.startsWith('| room '));
  const end = rows.findIndex((row, index) => index > head && !row.startsWith('|'));
  const cells = rows.slice(head + 2, end).map((row) => row.split('|')[1] ?? '');
  return cells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, room = '']) => room));
}

describe('the rooms of src', () => {
  const imports = importsAmong(readSources(SOURCES));

  it('stand in the order, each of them', () => {
    const folders = readdirSync(SOURCES, { withFileTypes: true });
    const missing = folders.filter(({ name }) => !ORDER.includes(name)).map(({ name }) => name);
    assert.deepEqual(missing, []);
  });

  it('stand in the table of docs/architecture.md in this order', () => {
    const outermost = ORDER.filter((room) => !room.includes('/'));
    assert.deepEqual(roomsOfPage('docs/architecture.md'), outermost);
    assert.deepEqual(roomsOfPage('CONTRIBUTING.md'), outermost);
  });

  it('have files that never import each other, not even types', () => {
    assert.ok(imports.length > 500, `Only ${imports.length} imports were found`);
    assert.deepEqual(unknown(findFileCircles(imports)), []);
  });

  it('never import each other, not even types', () => {
    assert.deepEqual(unknown(findFolderCircles(imports)), []);
  });

  it('import nothing past the index.ts of another', () => {
    assert.deepEqual(unknown(findDeepImports(imports)), []);
  });

  it('import only rooms below them', () => {
    assert.deepEqual(unknown(findUpwardImports(imports, ORDER)), []);
  });
});

describe('the rules of the rooms', () => {
  it('see every way of importing', () => {
    const ways = [
      "import { a } from './b';",
      "import './b';",
      "import type { A } from './b';",
      "import { type A } from './b';",
      "export { a } from './b';",
      "export * from './b';",
      "export type { A } from './b';",
      "type A = import('./b').A;",
      "const b = import('./b');",
      "const b: unknown = require('./b');",
    ];
    for (const way of ways)
      assert.deepEqual(importsOf({ 'x/a.ts': way, 'x/b.ts': '' }), [{ from: 'x/a.ts', to: 'x/b.ts' }], way);
  });

  it('find a folder by its index.ts, and leave packages and styles alone', () => {
    const files = { 'x/a.ts': "import '../y'; import 'node:fs'; import './main.css';", 'y/index.ts': '' };
    assert.deepEqual(importsOf(files), [{ from: 'x/a.ts', to: 'y/index.ts' }]);
  });

  it('find a circle of files, once, whoever is outside it', () => {
    const files = {
      'x/outside.ts': "import './a';",
      'x/a.ts': "import './b';",
      'x/b.ts': "import './c';",
      'x/c.ts': "import './a'; import './end';",
      'x/end.ts': '',
    };
    assert.deepEqual(findFileCircles(importsOf(files)), [
      'These files import each other: x/a.ts, x/b.ts, x/c.ts',
    ]);
  });

  it('find a circle of types', () => {
    const files = { 'x/a.ts': "import type { B } from './b';", 'x/b.ts': "import type { A } from './a';" };
    assert.deepEqual(findFileCircles(importsOf(files)), ['These files import each other: x/a.ts, x/b.ts']);
  });

  it('find a circle of folders whose files are in none', () => {
    const files = {
      'x/index.ts': "import '../y';",
      'x/other.ts': '',
      'y/index.ts': '',
      'y/other.ts': "import type { Other } from '../x/other';",
    };
    assert.deepEqual(findFileCircles(importsOf(files)), []);
    assert.deepEqual(findFolderCircles(importsOf(files)), ['These folders import each other: x, y']);
  });

  it('find an import past an index.ts, at every depth', () => {
    const files = {
      'x/a.ts': "import '../y/deep'; import '../y';",
      'y/deep.ts': '',
      'y/index.ts': "import './inner/deeper'; import './inner'; import './deep';",
      'y/inner/deeper.ts': "import '../deep';",
      'y/inner/index.ts': '',
      'z/index.ts': "import '../y/inner';",
    };
    assert.deepEqual(findDeepImports(importsOf(files)), [
      'x/a.ts imports y/deep.ts past y/index.ts',
      'y/index.ts imports y/inner/deeper.ts past y/inner/index.ts',
      'z/index.ts imports y/inner/index.ts past y/index.ts',
    ]);
  });

  it('see no way in where a folder has only folders', () => {
    const files = {
      'x/a.ts': "import '../y/inner'; import '../y/inner/deeper';",
      'y/inner/index.ts': '',
      'y/inner/deeper.ts': '',
    };
    assert.deepEqual(findDeepImports(importsOf(files)), [
      'x/a.ts imports y/inner/deeper.ts past y/inner/index.ts',
    ]);
  });

  it('find an import that goes up, and a file that is in no room', () => {
    const files = {
      'top/index.ts': "import './inner';",
      'top/inner/index.ts': "import '..'; import '../../bottom';",
      'bottom/index.ts': "import '../top';",
      'other/index.ts': "import '../bottom';",
    };
    assert.deepEqual(findUpwardImports(importsOf(files), ['top', 'top/inner', 'bottom']), [
      'top/inner/index.ts imports top/index.ts, upward from top/inner to top',
      'bottom/index.ts imports top/index.ts, upward from bottom to top',
      'other/index.ts is in no room of the order',
    ]);
  });
});
