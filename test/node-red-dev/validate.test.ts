/** What Node-RED's own tool for authors of nodes says of the package. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from '../node-red/support';

const run = promisify(execFile);

/** Rules that only the internet can answer. */
const ASKS_THE_INTERNET = {
  P08: 'no package of a similar name',
  N01: 'no node of the same name',
  D03: 'dependencies in their latest versions',
};

/** Rules that can be judged here. */
const RULES = ['P01', 'P03', 'P04', 'P05', 'P06', 'P07', 'N02', 'D01', 'D02'];

interface Verdict {
  readonly test: boolean;
  readonly nodes?: readonly string[];
  readonly versions?: readonly string[];
}

describe('node-red-dev validate', () => {
  let card: Readonly<Record<string, Verdict>>;
  before(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'sensorpost-validate-'));
    const output = join(folder, 'card.json');
    const tool = [join(ROOT, 'node_modules/node-red-dev/bin/run'), 'validate', '--path', ROOT];
    const offline = ['--no-deprecation', '--require', join(__dirname, 'offline.cjs')];
    // It ends with 0 whatever it finds, and with no card where something broke.
    await run(process.execPath, [...offline, ...tool, '--output', output]);
    card = JSON.parse(await readFile(output, 'utf8'));
    await rm(folder, { recursive: true });
  });

  it('knows the rules that are expected here', () => {
    const { package: _named, ...rules } = card;
    const expected = [...RULES, ...Object.keys(ASKS_THE_INTERNET)];
    assert.deepEqual(Object.keys(rules).toSorted(), expected.toSorted());
    for (const [rule, what] of Object.entries(ASKS_THE_INTERNET))
      console.log(`not judged, because only the internet can tell: ${rule} (${what})`);
  });

  for (const rule of RULES) {
    it(`passes the rule ${rule}`, () => assert.equal(card[rule]?.test, true, JSON.stringify(card[rule])));
  }

  it('finds every node in the examples, and both versions of Node-RED compatible', () => {
    const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    const nodes = Object.keys(manifest['node-red'].nodes).filter((type) => !type.endsWith('-config'));
    assert.deepEqual(card['N02']?.nodes?.toSorted(), nodes.toSorted());
    assert.equal(card['P06']?.versions?.length, 2);
  });
});
