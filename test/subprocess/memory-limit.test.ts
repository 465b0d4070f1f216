import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { startModule } from '../../src/subprocess';
import { within } from '../support/waiting';

const ROOM = resolve(__dirname, '../../src/subprocess');
const MEGABYTE = 2 ** 20;

/** Takes memory a megabyte at a time until there is no more, which may end it, and writes down how much it was. */
const PROGRAM = `
  const { limitOwnMemory } = require(${JSON.stringify(ROOM)});
  const { join } = require('node:path');
  const { openSync, writeSync } = require('node:fs');
  const told = openSync(join(__dirname, 'told'), 'w');
  writeSync(told, limitOwnMemory(100 * ${MEGABYTE}) ? 'limited' : 'unlimited');
  const taken = [];
  while (taken.length < 400) {
    taken.push(Buffer.alloc(${MEGABYTE}, 1));
    writeSync(told, '.');
  }`;

function hasPrlimit(): boolean {
  try {
    execFileSync('prlimit', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

describe('The bound of a process for its own memory', () => {
  it('leaves it what it asked for, and gives it no more', async function () {
    if (!hasPrlimit()) {
      console.log('      skipped: the program prlimit is not installed');
      return this.skip();
    }
    const folder = mkdtempSync(join(tmpdir(), 'sensorpost-limit-'));
    const program = join(folder, 'program.cjs');
    writeFileSync(program, PROGRAM);
    const child = startModule(program);
    child.disconnect();
    await within('its end', once(child, 'exit'));
    const told = readFileSync(join(folder, 'told'), 'latin1');
    rmSync(folder, { recursive: true });
    assert.match(told, /^limited/);
    const megabytes = told.length - 'limited'.length;
    assert(megabytes >= 50 && megabytes <= 101, `${megabytes} MB`);
    return undefined;
  });
});
