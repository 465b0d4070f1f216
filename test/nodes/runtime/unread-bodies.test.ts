import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type Server } from 'node:http';
import { text } from 'node:stream/consumers';
import express, { type Express } from 'express';
import * as fc from 'fast-check';
import { serveStation } from '../../../src/nodes/runtime/station-routes';
import { within } from '../../support/waiting';

/** Where the settings put the editor and the nodes' HTTP server, and where a program puts Node-RED, if not at its root. */
interface Roots {
  readonly admin: string;
  readonly node: string;
  readonly program?: string;
}

/** An answer of the station says whether the body came to it unread, one of other routes what was parsed of it. */
type Told = { readonly station: 'unread' | 'read' } | { readonly parsed: unknown };

/** Node-RED's routes as its red.js mounts them, on a real server, with the station below. */
class Mounted {
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start({ admin, node, program = '/' }: Roots): Promise<Mounted> {
    const [outer, app, httpAdmin, httpNode] = [express(), express(), express(), express()];
    const server = createServer(outer);
    httpAdmin.use(express.json({ limit: '5mb' }), express.urlencoded({ limit: '5mb', extended: true }));
    app.use(admin, httpAdmin);
    app.use(node, httpNode);
    serveStation({ server, httpNode, settings: { httpNodeRoot: node } }, STATION);
    others(httpNode);
    // Nodes are loaded first, as Node-RED does it in the programs that mount it late.
    if (program === '/') outer.use(app);
    else outer.use(program, app);
    others(outer);
    server.listen(0, '127.0.0.1');
    await within('the server', once(server, 'listening'));
    return new Mounted(server);
  }

  /** Posts JSON to an address as it is. */
  async post(path: string): Promise<Told> {
    const address = this.#server.address();
    assert(typeof address === 'object' && address);
    const headers = { 'Content-Type': 'application/json', Connection: 'close' };
    const asked = request({ port: address.port, host: '127.0.0.1', method: 'POST', path, headers });
    asked.end('{"a":1}');
    const [response]: IncomingMessage[] = await within(`the answer to ${path}`, once(asked, 'response'));
    assert(response);
    const told: Told = JSON.parse(await text(response));
    return told;
  }

  close(): void {
    this.#server.close();
  }
}

const STATION = {
  isServed: () => true,
  handle: (asked: IncomingMessage, response: { end(body: string): unknown }) => {
    const station = asked.readableEnded || Reflect.has(asked, '_body') ? 'read' : 'unread';
    response.end(JSON.stringify({ station } satisfies Told));
  },
};

function others(httpNode: Express): void {
  httpNode.use((asked: { readonly body?: unknown }, response: { json(body: Told): unknown }) =>
    response.json({ parsed: asked.body ?? null }),
  );
}

const UNREAD: Told = { station: 'unread' };

const CASES: readonly (readonly [string, Roots, string])[] = [
  ['both at the root', { admin: '/', node: '/' }, '/station'],
  ['the editor elsewhere', { admin: '/red/', node: '/' }, '/station'],
  ['the nodes elsewhere', { admin: '/', node: '/endpoint/' }, '/endpoint/station'],
  ['both at one path', { admin: '/red/', node: '/red/' }, '/red/station'],
  ['a program around Node-RED', { admin: '/', node: '/api/', program: '/house' }, '/house/api/station'],
];

describe('The bodies of the station’s requests', () => {
  for (const [name, roots, path] of CASES) {
    it(`come to it unread with ${name}, however its address is written`, async () => {
      const mounted = await Mounted.start(roots);
      const spelling = fc.record({
        scheme: fc.constantFrom('', '', 'http://h', 'HTTPS://h:1', 'ftp://h', 'x://a@b'),
        path: fc.array(fc.constantFrom('keep', 'double', 'capital'), {
          minLength: path.length,
          maxLength: path.length,
        }),
        rest: fc.constantFrom('', '/', '/publish/rpi', '//v1', '?a=1', '#a', '/?#', '/%2e%2e/x', '/../x'),
      });
      let reached = 0;
      await fc.assert(
        fc.asyncProperty(spelling, async ({ scheme, path: changes, rest }) => {
          const written = path.split('').map((character, index) => {
            if (changes[index] === 'capital') return character.toUpperCase();
            return character === '/' && changes[index] === 'double' ? '//' : character;
          });
          const told = await mounted.post(scheme + written.join('') + rest);
          // Express alone says which of them are the station's.
          if ('station' in told) {
            reached += 1;
            assert.deepEqual(told, UNREAD);
          }
        }),
        { numRuns: 60, seed: 7 },
      );
      assert(reached > 10, `The station was reached ${reached} times`);
      assert.deepEqual(await mounted.post(`${path}/publish/rpi`), UNREAD);
      mounted.close();
    });
  }

  it('come to others as the parsers of Node-RED make them', async () => {
    const mounted = await Mounted.start({ admin: '/', node: '/' });
    for (const path of ['/', '/other', '/stations', '/station2/x', '/x/station', '/?/station', '/x#/station'])
      assert.deepEqual(await mounted.post(path), { parsed: { a: 1 } });
    mounted.close();
  });
});
