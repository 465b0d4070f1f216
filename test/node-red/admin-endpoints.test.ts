import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { request, type OutgoingHttpHeaders } from 'node:http';
import { join } from 'node:path';
import { startListing, type Registered } from './registered-endpoints';
import { ROOT, VERSIONS, type NodeRed } from './support';

const SETTINGS = `sensorpostEditorHosts: ['red.example.com'],`;

/** A question that each dialog understands, and no destination of the outbox. */
const BODY = JSON.stringify({
  id: '',
  secret: '',
  settings: { server: 'here', sensor: 'rpi', source: 'demo', program: 'test-picture' },
});

interface Answer {
  readonly status: number;
  readonly cacheControl: string | undefined;
  readonly text: string;
}

async function ask(url: string, method: string, headers: OutgoingHttpHeaders): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { method, headers, agent: false }, (answer) => {
      const pieces: Buffer[] = [];
      answer.on('data', (piece: Buffer) => pieces.push(piece));
      answer.on('error', reject);
      answer.on('end', () => {
        const { statusCode: status = 0, headers: answered } = answer;
        resolve({
          status,
          cacheControl: answered['cache-control'],
          text: Buffer.concat(pieces).toString(),
        });
      });
    });
    asked.on('error', reject);
    asked.end(method === 'POST' ? BODY : undefined);
  });
}

/** What a page of another site may bring about: with the words of a browser, with those of an older one, and by its own name. */
const FOREIGN: readonly OutgoingHttpHeaders[] = [
  { 'Sec-Fetch-Site': 'cross-site' },
  { 'Sec-Fetch-Site': 'same-site' },
  { Origin: 'http://evil.example' },
  { Origin: 'null' },
  { Host: 'evil.example', Origin: 'http://evil.example' },
];

const OWN: readonly OutgoingHttpHeaders[] = [
  { 'Sec-Fetch-Site': 'same-origin', Host: 'evil.example' },
  { Host: 'red.example.com', Origin: 'http://red.example.com' },
  { Origin: 'http://homeassistant.local:8123', 'X-Forwarded-Host': 'homeassistant.local:8123' },
];

for (const version of VERSIONS) {
  describe(`the endpoints of the editor in ${version.name}`, () => {
    let nodeRed: NodeRed;
    let endpoints: readonly Registered[];
    before(async () => {
      ({ nodeRed, endpoints } = await startListing(version, SETTINGS));
    });
    after(() => nodeRed.stop());

    it('have a method and a path below sensorpost, each once', () => {
      assert(endpoints.length >= 20, JSON.stringify(endpoints));
      assert.equal(new Set(endpoints.map(({ method, path }) => method + path)).size, endpoints.length);
      for (const { method, path } of endpoints) {
        assert(method === 'GET' || method === 'POST', `${method} ${path}`);
        assert(path.startsWith('/sensorpost/'), path);
      }
    });

    it('stand on the page about the security model', async () => {
      const page = await readFile(join(ROOT, 'docs/security-model.md'), 'utf8');
      for (const { method, path } of endpoints)
        assert(page.includes(`\`${method} ${path}\``), `${method} ${path}`);
    });

    it('refuse what a page of another site asks, and let no cache keep the answer', async () => {
      for (const { method, path } of endpoints) {
        for (const headers of FOREIGN) {
          const sent = { 'Content-Type': 'application/json', ...headers };
          const { status, cacheControl, text } = await ask(nodeRed.url + path, method, sent);
          const which = `${method} ${path} ${JSON.stringify(headers)}`;
          assert.deepEqual([status, cacheControl], [403, 'no-store'], which);
          assert.match(text, /"kind":"foreign".*"reason":"The /, which);
        }
      }
    });

    it('take a post as JSON alone', async () => {
      for (const { method, path } of endpoints) {
        if (method !== 'POST') continue;
        for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data']) {
          const { status, cacheControl } = await ask(nodeRed.url + path, method, { 'Content-Type': type });
          assert.deepEqual([status, cacheControl], [400, 'no-store'], `${path} ${type}`);
        }
      }
    });

    it('answer the editor, and let no cache keep the answer', async () => {
      for (const { method, path } of endpoints) await answerTo(method, path, {});
      for (const headers of OWN) await answerTo('GET', '/sensorpost/outbox', headers);
    });

    async function answerTo(method: string, path: string, headers: OutgoingHttpHeaders): Promise<void> {
      const sent = { 'Content-Type': 'application/json', ...headers };
      const { status, cacheControl, text } = await ask(nodeRed.url + path, method, sent);
      const which = `${method} ${path} ${JSON.stringify(headers)}: ${status} ${text.slice(0, 200)}`;
      assert(![401, 403, 500].includes(status), which);
      assert.equal(cacheControl, 'no-store', which);
    }
  });
}
