import assert from 'node:assert/strict';
import { join, resolve } from 'node:path';
import { readSources } from './imports';
import { startsIn } from './processes';

/** The files that start programs: `test/subprocess/environment.test.ts` starts each of them. */
const PLACES = [
  'camera/run-program.ts',
  'clock/environment.ts',
  'dht22/helper.ts',
  'subprocess/memory-limit.ts',
  'subprocess/module-process.ts',
];

const startsOf = (text: string) => startsIn(new Map([['x/a.ts', text]]));

describe('The programs that are started', () => {
  const starts = startsIn(readSources(join(resolve(__dirname, '../..'), 'src')));

  it('get a small environment, wherever that is', () => {
    assert.deepEqual(
      starts.filter(({ isSmall }) => !isSmall),
      [],
    );
  });

  it('number few, and each is tried out', () => {
    assert.deepEqual([...new Set(starts.map(({ path }) => path))], PLACES);
  });
});

describe('The search for programs that are started', () => {
  it('finds each way of starting one with the environment of Node-RED', () => {
    const ways = [
      "import { spawn } from 'node:child_process'; spawn('x', [], { stdio: 'pipe' });",
      "import { fork as start } from 'child_process'; start('x');",
      "import { exec } from 'node:child_process'; exec('x', { env: { ...process.env, A: '1' } });",
      "import { exec } from 'node:child_process'; exec('x', { env: { ...process.env, ...variablesForPrograms({}) } });",
      "import * as child from 'node:child_process'; child.spawnSync('x');",
      "import { execFile } from 'node:child_process'; const run = promisify(execFile);",
      "const { spawn } = require('node:child_process');",
    ];
    for (const way of ways) assert.deepEqual(startsOf(way), [{ path: 'x/a.ts', isSmall: false }], way);
  });

  it('finds nothing in types, and nothing to object to where the variables are chosen', () => {
    assert.deepEqual(
      startsOf("import type { ChildProcess } from 'node:child_process'; RegExp.exec('');"),
      [],
    );
    assert.deepEqual(
      startsOf(
        "import { spawn } from 'node:child_process'; spawn('x', [], { env: variablesForPrograms(process.env) });",
      ),
      [{ path: 'x/a.ts', isSmall: true }],
    );
  });
});
