import assert from 'node:assert/strict';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../node-red/support';
import { KEY, TestStation, TOKEN } from '../../station/support/index';
import { EDITOR, STATION } from './descriptions';
import { editorEndpoints } from './editor-endpoints';
import { writePage } from './page';

const PAGE = join(ROOT, 'docs/security-model.md');

/** The segments of addresses that the station's code knows. */
function segmentsInCode(): readonly string[] {
  const files = ['receiver', 'views'].flatMap((room) => {
    const folder = join(ROOT, 'src/station', room);
    return readdirSync(folder).map((name) => join(folder, name));
  });
  const known = /\b(?:first|second|third|fourth) === '(?<compared>[\w-]+)'|^ {6}case '(?<cased>[\w-]+)':/gm;
  const found = files
    .flatMap((file) => [...readFileSync(file, 'utf8').matchAll(known)])
    .map(({ groups }) => groups?.['compared'] ?? groups?.['cased'] ?? '');
  return [...new Set(found)];
}

const inCode = new Set(segmentsInCode());
/** Whether the code has all segments of an address that are no names, which are in capitals. */
const isKnown = (path: string) =>
  path.split('/').every((segment) => segment === '' || /^[A-Z]+$/.test(segment) || inCode.has(segment));

const addresses = STATION.filter(({ path }) => isKnown(path));

describe('docs/security-model.md', () => {
  it('describes each endpoint of the editor', () => {
    const names = editorEndpoints().map(({ name }) => name);
    assert(names.length >= 20, names.join(', '));
    assert.deepEqual(names, Object.keys(EDITOR).toSorted());
  });

  it('describes each address of the station', () => {
    const described = new Set(addresses.flatMap(({ path }) => path.split('/')));
    assert(inCode.size >= 12, [...inCode].join(' '));
    assert.deepEqual(
      [...inCode].filter((segment) => !described.has(segment)),
      [],
    );
  });

  it('says with which methods and credentials each address of the station is asked', async () => {
    const station = await TestStation.start();
    try {
      for (const { example, methods, credential } of addresses) {
        const keys = credential.startsWith('key') ? KEY : TOKEN;
        const headers = { Authorization: `Bearer ${keys}` };
        const wrong = await station.fetch(`/${example}`, { method: 'DELETE', headers });
        assert.deepEqual([wrong.status, wrong.headers.get('allow')], [405, methods], example);
        if (!/^(key|token) of/.test(credential)) continue;
        for (const method of methods.split(', ')) {
          const { status } = await station.fetch(`/${example}`, { method });
          assert([401, 403].includes(status), `${method} ${example} without a key: ${status}`);
        }
      }
    } finally {
      await station.close();
    }
  });

  it('has what the code says', () => {
    const page = writePage(editorEndpoints(), addresses);
    if (process.env['WRITE_PAGES'] === '1') writeFileSync(PAGE, page);
    assert.equal(
      readFileSync(PAGE, 'utf8'),
      page,
      'run WRITE_PAGES=1 npm test -- --grep docs/security-model.md',
    );
  });
});
