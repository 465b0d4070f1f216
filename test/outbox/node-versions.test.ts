import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { newItem } from './support';
import { TYPESCRIPT_OPTIONS } from '../support/typescript';

const execute = promisify(execFile);
const OLDEST = join(__dirname, '../../node_modules/node22/bin/node');

describe('outbox on supported Node.js versions', () => {
  for (const [which, program] of [
    ['the one that runs this', process.execPath],
    ['the oldest', OLDEST],
  ] as const) {
    it(`works without a warning, and lets the process end, on ${which}`, async function () {
      if (!existsSync(program)) {
        console.log(`      Skipped: ${program} is not installed`);
        this.skip();
      }
      const folder = await mkdtemp(join(tmpdir(), 'outbox-node-'));
      try {
        const script = join(__dirname, 'one-reading.ts');
        const options = [...TYPESCRIPT_OPTIONS, script, join(folder, 'sensorpost')];
        const { stdout, stderr } = await execute(program, options);
        assert.deepEqual([stdout, stderr], [`${newItem().body}\n`, '']);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    });
  }
});
