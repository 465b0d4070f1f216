/** What the edit dialogs ask of the runtime, over HTTP as the editor does. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import {
  DHT22_PINS,
  READ_DHT22,
  STORED_SECRET,
  TEST_DATABOOM,
  TEST_SENIO,
  TRY_CAMERA,
  type DataboomAnswer,
  type DialogFailure,
  type PictureAnswer,
  type PinsAnswer,
  type ReadAnswer,
  type SenioAnswer,
} from '../../src/nodes/contract';
import { fallingEdges, TIMINGS, withChecksum } from '../dht22/frames';
import { answerWith, RecordingServer } from '../support/recording-server';
import { until } from '../support/waiting';
import { freePort, startNodeRed, VERSIONS, type FlowNode, type NodeRed } from './support';

const KEY = 'aaaa1111-bb22-4c33-8d44-eeee55556666';
const FIELDS =
  '{"name":"test sensor","fields":{"temp":{"unit":"celsius","type":"scalar"},"cam1":{"unit":"","type":"image"}}}';

interface Answered<Answer> {
  readonly status: number;
  readonly text: string;
  readonly answer: Answer | DialogFailure;
}

/** Asks one Node-RED as the editor does. */
async function ask<Answer extends { readonly ok: true }>(
  url: string,
  path: string,
  question: object = {},
  headers: Record<string, string> = {},
): Promise<Answered<Answer>> {
  const response = await fetch(`${url}/${path}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify(question),
  });
  assert.equal(response.headers.get('cache-control'), 'no-store', 'also where it is refused');
  const text = await response.text();
  // What is no JSON, such as "Unauthorized", no test looks into.
  const answer: Answer | DialogFailure = text.startsWith('{')
    ? JSON.parse(text)
    : { ok: false, reason: text };
  return { status: response.status, text, answer };
}

const login = (token: string) => ({ Authorization: `Bearer ${token}` });

function reasonOf({ answer }: { answer: { ok: true } | DialogFailure }): string {
  assert(!answer.ok, 'was to fail');
  return answer.reason;
}

for (const version of VERSIONS) {
  describe(`questions of the edit dialogs in ${version.name}`, () => {
    let nodeRed: NodeRed;
    let server: RecordingServer;
    let programs: string;
    before(async () => {
      programs = await mkdtemp(join(tmpdir(), 'sensorpost-python-'));
      // One good frame of a DHT22 on GPIO 4, none on others, and what the kernel says of the lines.
      const script = `#!/bin/bash
        while read gpio rest; do echo $gpio >> ${join(programs, 'asked')}; case $gpio in
          used) printf 'used 4 w1\\t7 spi0 CS0\\n';;
          4) echo '${goodFrame()}';;
          5) echo 'busy w1';;
          6) echo 'edges 17000';;
        esac; done`;
      await writeFile(join(programs, 'python3'), script);
      await chmod(join(programs, 'python3'), 0o755);
      await writeFile(join(programs, 'asked'), '');
      const camera = `#!/bin/bash
        echo $$ > ${join(programs, 'new')}; mv ${join(programs, 'new')} ${join(programs, 'taking')}; exec sleep 1000`;
      await writeFile(join(programs, 'rpicam-still'), camera);
      await chmod(join(programs, 'rpicam-still'), 0o755);
      await writeFile(join(programs, 'other-secret.js'), OTHER_NODE);
      await writeFile(join(programs, 'other-secret.html'), '<script></script>');
      nodeRed = await startNodeRed(version, {
        settings: `nodesDir: ${JSON.stringify(programs)},`,
        env: {
          PATH: [programs, process.env['PATH']].join(delimiter),
          SENIO_KEY: KEY,
          DATA_PIN: '4',
        },
      });
    });
    after(async () => {
      await nodeRed?.stop();
      await rm(programs, { recursive: true });
    });
    afterEach(() => server?.close());

    const senio = (settings: object, secret: string, id = 'new') =>
      ask<SenioAnswer>(nodeRed.url, TEST_SENIO, { id, settings, secret });
    const custom = (more: object = {}) => ({ server: 'custom', url: server.url, sensor: 'rpi', ...more });

    /** A server that knows one key. */
    async function startSenio(): Promise<void> {
      server = await RecordingServer.start((request, response) => {
        const isRight = request.headers.authorization === `Bearer ${KEY}`;
        answerWith(isRight ? 200 : 403, isRight ? FIELDS : '{"error":"no"}')(request, response);
      });
    }

    it("tell a sensor's name and fields before the first deploy, with the key that was typed", async () => {
      await startSenio();
      const { status, answer, text } = await senio(custom(), KEY);
      assert.equal(status, 200);
      assert.deepEqual(answer, {
        ok: true,
        name: 'test sensor',
        fields: [
          { name: 'temp', type: 'scalar', unit: 'celsius' },
          { name: 'cam1', type: 'image', unit: '' },
        ],
      });
      assert(!text.includes(KEY));
      assert.equal(server.request.method, 'GET');
    });

    it('tell why not: a wrong key, no server, no address, a proxy that is not deployed', async () => {
      await startSenio();
      assert.match(
        reasonOf(await senio(custom(), 'wrong')),
        /403 Forbidden: no: the device key .* is refused/,
      );
      assert.match(reasonOf(await senio(custom(), '')), /^No device key is set/);
      assert.match(
        reasonOf(await senio(custom({ sensor: '' }), KEY)),
        /^Enter the name of a sensor to test with/,
      );
      assert.match(reasonOf(await senio(custom({ url: '' }), KEY)), /^No server address is set/);
      assert.match(reasonOf(await senio(custom({ proxy: 'p1' }), KEY)), /is not deployed yet/);
      assert.equal(server.requests.length, 1);
      const url = `http://127.0.0.1:${await freePort()}`;
      assert.match(reasonOf(await senio(custom({ url }), KEY)), /refused the connection/);
    });

    it('use the stored key of that very node where it was not typed anew, and never tell it', async () => {
      await startSenio();
      const config = { id: 'c1', type: 'senio-config', ...custom(), credentials: { key: KEY } };
      const other = { id: 'c2', type: 'other-secret', credentials: { key: KEY } };
      await nodeRed.deploy([config, other]);
      const right = await senio(custom(), STORED_SECRET, 'c1');
      assert(right.answer.ok && !right.text.includes(KEY));
      for (const id of ['c2', 'nowhere', '__proto__'])
        assert.match(reasonOf(await senio(custom(), STORED_SECRET, id)), /^No device key is set/, id);
      assert.equal(server.requests.length, 1);
    });

    it('put environment variables in, as a deploy does', async () => {
      await startSenio();
      assert((await senio(custom(), '${SENIO_KEY}')).answer.ok);
      const reason = reasonOf(await senio(custom(), '${NO_SUCH_KEY}'));
      assert.match(reason, /environment variable "NO_SUCH_KEY", which is not set/);
      assert((await senio(custom({ sensor: '${SENIO_KEY}' }), KEY)).answer.ok);
      assert.equal(server.requests.at(-1)?.path, `/publish/${KEY}`);
    });

    it('ask the station for the fields of a sensor, before the first deploy too', async () => {
      const here = { server: 'here', sensor: 'porch' };
      const none = await senio(here, '');
      assert.deepEqual(none.answer, { ok: true, name: 'porch', fields: [] });
      await nodeRed.deploy([
        { id: 'c1', type: 'senio-config', ...here },
        { id: 'p1', type: 'senio-publish', z: 't', x: 1, y: 1, config: 'c1', wires: [] },
        { id: 't', type: 'tab', label: 'test' },
        { id: 'i1', type: 'inject', z: 't', x: 1, y: 1, once: true, ...injected(), wires: [['p1']] },
      ]);
      await nodeRed.until(() => nodeRed.statusesOf('p1').some(({ text }) => text?.startsWith('sent ')));
      assert.deepEqual((await senio(here, '')).answer, {
        ok: true,
        name: 'porch',
        fields: [{ name: 'temp', type: 'scalar', unit: '' }],
      });
      assert.match(
        reasonOf(await senio({ server: 'here', sensor: ' ' }, '')),
        /^Enter the name of a sensor to test with/,
      );
      assert.match(reasonOf(await senio(here, 'two words')), /^The device key .* has spaces/);
    });

    const databoom = (settings: object, secret: string) =>
      ask<{ ok: true }>(nodeRed.url, TEST_DATABOOM, { id: 'new', settings, secret });

    it('tell whether a Databoom token is accepted', async () => {
      server = await RecordingServer.start((request, response) => {
        const isRight = request.headers.authorization === `Bearer ${KEY}`;
        const challenge =
          request.headers.authorization === 'Bearer wrong' ? 'Bearer error=invalid_token' : '';
        answerWith(isRight ? 200 : 401, '{"data":[]}', { 'WWW-Authenticate': challenge })(request, response);
      });
      const settings = { server: 'custom', url: server.url };
      assert.deepEqual((await databoom(settings, KEY)).answer, { ok: true, listingRefused: '' });
      assert.equal(server.request.path, '/v1/signals/?page=1');
      assert.match(
        reasonOf(await databoom(settings, 'wrong')),
        /401 Unauthorized: the OAuth token is refused/,
      );
      assert.deepEqual((await databoom(settings, 'publish-only')).answer, {
        ok: true,
        listingRefused: `${server.host} answered 401 Unauthorized`,
      });
      assert.deepEqual((await databoom({ server: 'here' }, '')).answer, { ok: true, listingRefused: '' });
      assert.match(reasonOf(await databoom({ server: 'moon' }, KEY)), /^No server is chosen/);
    });

    it('tell that a push with the stored Databoom token was refused, whatever the list says', async () => {
      let listStatus = 200;
      server = await RecordingServer.start((request, response) => {
        const isList = request.method === 'GET';
        answerWith(isList ? listStatus : 403, isList ? '{"data":[]}' : '{"error":"no Publish"}')(
          request,
          response,
        );
      });
      const settings = { server: 'custom', url: server.url };
      await nodeRed.deploy([
        { id: 'a1', type: 'databoom-config', ...settings, credentials: { token: KEY } },
        { id: 'p1', type: 'databoom-publish', z: 't', x: 1, y: 1, config: 'a1', device: 'd', wires: [] },
        { id: 't', type: 'tab', label: 'test' },
        { id: 'i1', type: 'inject', z: 't', x: 1, y: 1, once: true, ...injected(), wires: [['p1']] },
      ]);
      await nodeRed.until(() => nodeRed.statusesOf('p1').some(({ text }) => text?.startsWith('paused')));
      const test = (secret: string, id = 'a1') =>
        ask<DataboomAnswer>(nodeRed.url, TEST_DATABOOM, { id, settings, secret });
      for (const status of [200, 401]) {
        listStatus = status;
        assert.match(
          reasonOf(await test(STORED_SECRET)),
          /^A push with this token was refused, .* permission Publish.*403 Forbidden: no Publish/,
        );
        // Of a token that was typed anew nothing is known yet.
        assert((await test(KEY)).answer.ok);
      }
    });

    const refuseForms = (path: string) => async () => {
      const url = `${nodeRed.url}/${path}`;
      const body = new URLSearchParams({ 'settings[source]': 'demo' });
      assert.equal((await fetch(url, { method: 'POST', body })).status, 400);
      const plain = await fetch(url, { method: 'POST', body: '{"settings":{"source":"demo"}}' });
      assert.equal(plain.status, 400);
      for (const none of ['[]', 'null', '"x"', '{'])
        assert.equal(
          (await fetch(url, { method: 'POST', body: none, headers: { 'Content-Type': 'application/json' } }))
            .status,
          400,
          none,
        );
    };
    it('refuse a reading that a form of another site could ask for', refuseForms(READ_DHT22));
    it('refuse a picture that a form of another site could ask for', refuseForms(TRY_CAMERA));

    const read = (settings: object) => ask<ReadAnswer>(nodeRed.url, READ_DHT22, { settings });

    it('read a sensor now, with what the dialog holds', async () => {
      const demo = (await read({ source: 'demo', gpio: '4', unit: 'F' })).answer;
      assert(demo.ok && demo.source === 'demo' && demo.unit === 'F' && demo.temperature > 40);
      assert.deepEqual((await read({ source: 'gpio', gpio: '4' })).answer, {
        ok: true,
        temperature: 26.9,
        unit: 'C',
        humidity: 65.8,
        source: 'gpio',
        tries: 1,
      });
    });

    it('put environment variables into what is read', async () => {
      const { answer } = await read({ source: 'gpio', gpio: '${DATA_PIN}' });
      assert(answer.ok && answer.temperature === 26.9);
      const reason = reasonOf(await read({ source: 'gpio', gpio: '${NO_SUCH_PIN}' }));
      assert.match(reason, /^The data pin is "\$\{NO_SUCH_PIN\}", an environment variable whose value/);
      const power = reasonOf(await read({ source: 'gpio', gpio: '4', powerPin: '${NO_SUCH_PIN}' }));
      assert.match(power, /^The power pin is "\$\{NO_SUCH_PIN\}", an environment variable whose value/);
    });

    it('tell why there is no reading, and read one at a time', async () => {
      // Three tries of a busy pin take more than four seconds.
      const both = await Promise.all([1, 2].map(() => read({ source: 'gpio', gpio: '5' })));
      const [busy, done] = both.map(reasonOf).toSorted();
      assert.match(busy ?? '', /^Another reading is under way/);
      assert.match(done ?? '', /^GPIO 5 \(pin 29\) is in use by "w1"/);
      assert.match(reasonOf(await read({ source: 'moon' })), /^The source or the model is none/);
      assert.match(reasonOf(await read({ source: 'gpio', gpio: 40 })), /does not exist here/);
    });

    async function triesOf(gpio: string): Promise<number> {
      const asked = await readFile(join(programs, 'asked'), 'utf8');
      return asked.split('\n').filter((line) => line === gpio).length;
    }

    it('give up what is under way when the dialog is closed', async () => {
      const dialog = new AbortController();
      const reading = fetch(`${nodeRed.url}/${READ_DHT22}`, {
        method: 'POST',
        signal: dialog.signal,
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ settings: { source: 'gpio', gpio: 6 } }),
      });
      await until('the first try on pin 6', async () => (await triesOf('6')) > 0);
      dialog.abort();
      await assert.rejects(reading);
      await until('another reading', async () => (await read({ source: 'demo' })).answer.ok);
      assert((await triesOf('6')) < 15);
    });

    const picture = (settings: object) => ask<PictureAnswer>(nodeRed.url, TRY_CAMERA, { settings });

    it('take a picture now, with what the dialog holds, and store none of it', async () => {
      const settings = { program: 'test-picture', width: '320', height: '240', format: 'png' };
      const response = await fetch(`${nodeRed.url}/${TRY_CAMERA}`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ settings }),
      });
      assert.equal(response.headers.get('cache-control'), 'no-store');
      const answer: PictureAnswer = await response.json();
      assert.deepEqual([answer.ok, answer.type, answer.width, answer.height], [true, 'image/png', 320, 240]);
      const bytes = Buffer.from(answer.picture, 'base64');
      assert.equal(bytes.length, answer.bytes);
      assert.equal(bytes.toString('latin1', 1, 4), 'PNG');
    });

    it('tell why there is no picture', async () => {
      assert.match(reasonOf(await picture({ program: 'moon' })), /^The camera program is none/);
      assert.match(reasonOf(await picture({ shutter: '1s' })), /^The setting shutter is "1s"/);
      const wrong = { program: 'rpicam-still', furtherArguments: '--output x' };
      assert.match(reasonOf(await picture(wrong)), /"--output" is none that is allowed for rpicam-still/);
    });

    it('take one picture at a time, and end its program when the dialog is closed', async () => {
      const dialog = new AbortController();
      const taking = fetch(`${nodeRed.url}/${TRY_CAMERA}`, {
        method: 'POST',
        signal: dialog.signal,
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ settings: { program: 'rpicam-still' } }),
      });
      const marker = join(programs, 'taking');
      await until('the camera program', () => existsSync(marker));
      assert.match(reasonOf(await picture({ program: 'test-picture' })), /^Another picture is being taken/);
      dialog.abort();
      await assert.rejects(taking);
      const pid = readFileSync(marker, 'utf8').trim();
      await until('the end of the camera program', () => !existsSync(`/proc/${pid}`));
      await until('another picture', async () => (await picture({ program: 'test-picture' })).answer.ok);
    });

    it('tell which pins the system holds', async () => {
      const { answer } = await ask<PinsAnswer>(nodeRed.url, DHT22_PINS);
      assert(answer.ok);
      assert.deepEqual(answer.used, [
        { gpio: 4, consumer: 'w1' },
        { gpio: 7, consumer: 'spi0 CS0' },
      ]);
    });
  });

  describe(`questions of the edit dialogs in ${version.name} with a login`, () => {
    let nodeRed: NodeRed;
    before(async () => {
      // Whoever comes with the token "writer" may do everything, all others may look.
      const settings = `adminAuth: { type: 'credentials', users: [], tokens: async (token) =>
        ({ username: token, permissions: token === 'writer' ? '*' : 'read' }) },`;
      nodeRed = await startNodeRed(version, { settings });
    });
    after(() => nodeRed.stop());

    const settings = { server: 'here', sensor: 'rpi', source: 'demo', program: 'test-picture' };

    for (const path of [TEST_SENIO, TEST_DATABOOM, READ_DHT22, TRY_CAMERA]) {
      it(`need the permission to change flows (${path})`, async () => {
        const question = { id: '', settings, secret: '' };
        assert.equal((await ask(nodeRed.url, path, question)).status, 401);
        assert.equal((await ask(nodeRed.url, path, question, login('reader'))).status, 401);
        const { status, answer } = await ask<{ ok: true }>(nodeRed.url, path, question, login('writer'));
        assert.deepEqual([status, answer.ok], [200, true]);
      });
    }

    it('let those who may look see the pins', async () => {
      assert.equal((await ask(nodeRed.url, DHT22_PINS)).status, 401);
      assert.equal((await ask(nodeRed.url, DHT22_PINS, undefined, login('reader'))).status, 200);
    });
  });
}

/** A node of another package, whose secret has the name of ours. */
const OTHER_NODE = `module.exports = (RED) => RED.nodes.registerType('other-secret',
  function (def) { RED.nodes.createNode(this, def); }, { credentials: { key: { type: 'password' } } });`;

/** What an inject node of a flow sends: `{temp: 21.5}`. */
function injected(): Omit<FlowNode, 'id' | 'type'> {
  return { props: [{ p: 'payload' }], payload: '{"temp":21.5}', payloadType: 'json', repeat: '' };
}

/** A helper's line for a good frame: 26.9 °C and 65.8 %. */
function goodFrame(): string {
  const seen = fallingEdges(withChecksum(0x02, 0x92, 0x01, 0x0d), TIMINGS.AM2302).slice(1);
  return ['edges', 17_000, ...seen.map((edge) => edge + 17_000)].join(' ');
}
