import assert from 'node:assert/strict';
import { stationPageAddress } from '../../../src/nodes/runtime';

/** The page's path for an editor below a prefix, as a browser resolves it. */
function pathOf(httpAdminRoot: string | undefined, httpNodeRoot: string | undefined, prefix: string): string {
  const address = stationPageAddress({ settings: { httpAdminRoot, httpNodeRoot } });
  const editor = `http://pi.local${prefix}/${(httpAdminRoot ?? '').replace(/^\//, '')}`;
  return new URL(address, editor.endsWith('/') ? editor : `${editor}/`).pathname;
}

describe("nodes: the address of the station's page", () => {
  for (const prefix of ['', '/red', '/api/hassio_ingress/Zm9v']) {
    for (const [adminRoot, nodeRoot, path] of [
      ['/', '/', '/station/'],
      [undefined, undefined, '/station/'],
      ['/', '/endpoint/', '/endpoint/station/'],
      ['/admin/', '/', '/station/'],
      ['/admin', 'endpoint', '/endpoint/station/'],
      ['/red/admin/', '/red/', '/red/station/'],
      ['/a/b/', '/c/d/', '/c/d/station/'],
      ['/same/', '/same/', '/same/station/'],
    ] as const) {
      it(`leads from ${prefix}${adminRoot ?? ' where none is set'} to ${prefix}${path} where nodes have ${nodeRoot ?? 'none set'}`, () => {
        assert.equal(pathOf(adminRoot, nodeRoot, prefix), `${prefix}${path}`);
      });
    }
  }

  it('says nothing where nodes have no HTTP server', () => {
    assert.equal(stationPageAddress({ settings: { httpNodeRoot: false } }), '');
  });
});
