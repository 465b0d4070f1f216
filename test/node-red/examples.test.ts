import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readExample, ROOT, startNodeRed, VERSIONS, type FlowNode, type NodeRed } from './support';

const EXAMPLES = readdirSync(join(ROOT, 'examples')).map((file) => file.replace(/\.json$/, ''));

for (const version of VERSIONS) {
  describe(`examples in ${version.name}`, () => {
    let nodeRed: NodeRed;
    before(async () => {
      nodeRed = await startNodeRed(version);
    });
    after(() => nodeRed.stop());

    for (const example of EXAMPLES) {
      it(`"${example}" runs as imported`, async () => {
        const flows = await readExample(example);
        const since = nodeRed.debugged.length;
        await nodeRed.deploy(flows);
        for (const debug of flows.filter(isExpectedDebug))
          await nodeRed.debugOf(String(debug['name']), since);
        const errors = nodeRed.debugged.slice(since).filter(({ name }) => name === 'error');
        assert.deepEqual(errors, []);
        for (const publish of flows.filter(({ type }) => type.endsWith('-publish'))) {
          const accepted = await nodeRed.until(() =>
            nodeRed.statusesOf(publish.id).find(({ text }) => /^sent \d\d:\d\d:\d\d$/.test(text ?? '')),
          );
          assert.equal(accepted.fill, 'green');
        }
      });
    }

    it('show their readings and pictures at the station', async () => {
      await nodeRed.deploy(await readExample('Pictures'));
      await nodeRed.until(() => nodeRed.debugged.filter(({ name }) => name === 'stored').length >= 2);
      const sources = await (await fetch(`${nodeRed.url}/station/api/sources`)).text();
      assert.match(sources, /garden/);
      const id = /"type":"image".*?"value":"([0-9a-f]{40})"/.exec(sources)?.[1];
      const image = await fetch(`${nodeRed.url}/station/pictures/${id}`);
      assert.equal(image.headers.get('content-type'), 'image/jpeg');
      assert.deepEqual([...new Uint8Array(await image.arrayBuffer()).subarray(0, 3)], [0xff, 0xd8, 0xff]);
    });
  });
}

function isExpectedDebug(node: FlowNode): boolean {
  return node.type === 'debug' && node['name'] !== 'error';
}
