/** Who may look, over HTTP: everyone, who gave the password, nobody. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { request, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { createViewAccess, hashPassword, type AccessPolicy, type ViewAccess } from '../../../src/station';
import { keepStorageThread, KEY, NOW, PNG, sha1, TestStation, TOKEN, type Answer } from '../support/index';

const PASSWORD = 'correct horse';

/** Every address under which somebody may look at something. */
const VIEWS = [
  '/',
  '/assets/main.js',
  '/api/sources',
  '/api/series?kind=sensor&source=rpi&field=temp',
  '/api/texts?kind=sensor&source=rpi&field=temp',
  '/api/pictures?kind=sensor&source=rpi&field=cam1',
  '/api/live',
  '/api/download?kind=sensor&source=rpi&format=csv',
  `/pictures/${sha1(PNG)}`,
  `/pictures/${sha1(PNG)}/thumbnail`,
];

/** Addresses that ask for a key of their own, and that a token reads. */
const KEYED = ['/publish/rpi', '/v1/signals'];

const cookieOf = ({ headers }: Answer) => (headers.get('set-cookie') ?? '').split(';')[0] ?? '';

let hash = '';
const passwordPolicy = (): AccessPolicy => ({ kind: 'password', passwordHashes: [hash] });

describe('Who may look at the station', () => {
  keepStorageThread();
  let time = 0;
  let access: ViewAccess;
  let station: TestStation;

  before(async () => {
    const hashed = await hashPassword(PASSWORD);
    assert(hashed.ok);
    hash = hashed.value;
  });

  beforeEach(async () => {
    time = 0;
    access = createViewAccess(() => time, { kind: 'everyone', isExposed: false });
    station = await TestStation.start({ access });
    const form = new FormData();
    form.append('json', JSON.stringify({ timestamp: NOW, data: { temp: 22 } }));
    form.append('cam1', new Blob([new Uint8Array(PNG)], { type: 'image/png' }), 'cam1.png');
    const headers = { Authorization: `Bearer ${KEY}` };
    const posted = await station.fetch('/publish/rpi', { method: 'POST', headers, body: form });
    assert.equal(posted.status, 201);
  });
  afterEach(() => station.close());

  /** The status of an answer, of live events before they end. */
  async function statusOf(
    path: string,
    headers: Record<string, string> = {},
    method = 'GET',
  ): Promise<number> {
    const asked = request(`${station.url}${path}`, { method, headers }).end();
    const [response]: IncomingMessage[] = await once(asked, 'response');
    asked.destroy();
    return response?.statusCode ?? 0;
  }

  async function signIn(password: string, headers: Record<string, string> = {}) {
    const body = new URLSearchParams({ password });
    return station.fetch('/login', { method: 'POST', body, headers, redirect: 'manual' });
  }

  const post = (body: string, type: string) =>
    station.fetch('/login', { method: 'POST', body, headers: { 'Content-Type': type } });

  it('includes everyone where nobody says otherwise', async () => {
    for (const path of VIEWS.filter((view) => !view.startsWith('/assets')))
      assert.equal(await statusOf(path), 200, path);
  });

  it('comes up at every address that the sources have', () => {
    const source = readFileSync(join(__dirname, '../../../src/station/views/views-endpoint.ts'), 'utf8');
    const parts = [...source.matchAll(/case '(\w+)':|first === '(\w+)'/g)].map(([, name = '', folder = '']) =>
      name === '' ? folder : `api/${name}`,
    );
    assert(parts.length >= 9, String(parts));
    for (const part of parts) {
      assert(
        part === 'api' || VIEWS.some((view) => view.startsWith(`/${part}`)),
        `${part} is not in the list of this test`,
      );
    }
  });

  it('has to give the password, wherever there is something to see, and what is not there is not told', async () => {
    access.setPolicy(passwordPolicy());
    for (const path of [...VIEWS, '/nothing', '/api/nothing', '/pictures/x', '/publish', '/v1/x']) {
      for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'OPTIONS'])
        assert.equal(await statusOf(path, {}, method), 401, `${method} ${path}`);
      // A key for posting opens nothing.
      assert.equal(await statusOf(path, { Authorization: `Bearer ${KEY}`, 'X-API-Key': TOKEN }), 401, path);
    }
    const told = await station.fetch('/api/sources');
    assert.match(JSON.parse(told.text).error, /asks for a password/);
    assert.equal(told.headers.get('www-authenticate'), 'Cookie realm="station"');
    const Cookie = cookieOf(await signIn(PASSWORD));
    for (const path of VIEWS.filter((view) => !view.startsWith('/assets')))
      assert.equal(await statusOf(path, { Cookie }), 200, path);
    assert.equal(await statusOf('/nothing', { Cookie }), 404);
    const sources = await station.fetch('/api/sources', { headers: { Cookie } });
    assert.equal(JSON.parse(sources.text).isSignedIn, true);
  });

  it('includes nobody, not even with the password or a session, and what a token reads is closed too', async () => {
    access.setPolicy(passwordPolicy());
    const Cookie = cookieOf(await signIn(PASSWORD));
    access.setPolicy({ kind: 'nobody' });
    for (const path of VIEWS) assert.equal(await statusOf(path, { Cookie }), 403, path);
    assert.equal((await signIn(PASSWORD)).status, 403);
    assert.equal(await statusOf('/v1/signals', { Authorization: `Bearer ${TOKEN}` }), 403);
    assert.equal(await statusOf('/v1/chart', { Authorization: `Bearer ${TOKEN}` }, 'POST'), 403);
  });

  it('has nothing to do with who may post', async () => {
    for (const policy of [passwordPolicy(), { kind: 'nobody' } as const, { kind: 'starting' } as const]) {
      access.setPolicy(policy);
      const headers = { Authorization: `Bearer ${KEY}`, 'Content-Type': 'application/json' };
      const body = JSON.stringify({ timestamp: NOW, data: { temp: 22 } });
      const posted = await station.fetch('/publish/rpi', { method: 'POST', headers, body });
      assert.equal(posted.status, 201, policy.kind);
      assert.equal(await statusOf('/publish/rpi', { Authorization: `Bearer ${KEY}` }), 200);
      for (const path of KEYED) assert.notEqual(await statusOf(path), 200, path);
    }
    access.setPolicy(passwordPolicy());
    assert.equal(await statusOf('/v1/signals', { Authorization: `Bearer ${TOKEN}` }), 200);
  });

  it('stays open while Node-RED starts: come back later', async () => {
    access.setPolicy({ kind: 'starting' });
    for (const path of VIEWS) assert.equal(await statusOf(path), 503, path);
  });

  it('stays signed in by a cookie that scripts and other sites cannot use, for the station alone', async () => {
    access.setPolicy(passwordPolicy());
    const plain = await signIn(PASSWORD);
    assert.deepEqual([plain.status, plain.headers.get('location')], [303, './']);
    const cookie = plain.headers.get('set-cookie') ?? '';
    assert.match(cookie, /^sensorpost-station-\d+=[\w-]{43}; Max-Age=\d+; HttpOnly; SameSite=Lax$/);
    for (const headers of [{ 'X-Forwarded-Proto': 'https' }, { Origin: 'https://house.example' }])
      assert.match((await signIn(PASSWORD, headers)).headers.get('set-cookie') ?? '', /; Secure$/);
  });

  it('ends with signing out, another password, 30 days of absence, or too many others', async () => {
    access.setPolicy(passwordPolicy());
    const cookies = [];
    for (let index = 0; index < 3; index += 1) cookies.push(cookieOf(await signIn(PASSWORD)));
    const [out = '', away = '', used = ''] = cookies;
    assert.equal(new Set(cookies).size, 3);
    const gone = await station.fetch('/logout', {
      method: 'POST',
      headers: { Cookie: out },
      redirect: 'manual',
    });
    assert.deepEqual([gone.status, /Max-Age=0/.test(gone.headers.get('set-cookie') ?? '')], [303, true]);
    assert.equal(await statusOf('/api/sources', { Cookie: out }), 401);
    time += 29 * 86_400_000;
    assert.equal(await statusOf('/api/sources', { Cookie: used }), 200);
    time += 2 * 86_400_000;
    assert.equal(await statusOf('/api/sources', { Cookie: away }), 401);
    assert.equal(await statusOf('/api/sources', { Cookie: used }), 200);
    const other = await hashPassword('another password');
    assert(other.ok);
    access.setPolicy({ kind: 'password', passwordHashes: [other.value, hash] });
    assert.equal(await statusOf('/api/sources', { Cookie: used }), 200);
    access.setPolicy({ kind: 'password', passwordHashes: [other.value] });
    assert.equal(await statusOf('/api/sources', { Cookie: used }), 401);
  });

  it('ends live events with the right to look', async () => {
    access.setPolicy(passwordPolicy());
    const Cookie = cookieOf(await signIn(PASSWORD));
    const live = await fetch(`${station.url}/api/live`, { headers: { Cookie } });
    const ended = live.text();
    await station.fetch('/logout', { method: 'POST', headers: { Cookie }, redirect: 'manual' });
    assert.match(await ended, /^: the station/);
  });

  it('slows who guesses, by address, and says for how long', async () => {
    access.setPolicy(passwordPolicy());
    for (let index = 0; index < 5; index += 1) assert.equal((await signIn('a wrong one')).status, 401);
    const slowed = await signIn(PASSWORD);
    assert.deepEqual([slowed.status, slowed.headers.get('retry-after')], [429, '10']);
    // A header that anybody can send does not make another address.
    assert.equal((await signIn(PASSWORD, { 'X-Forwarded-For': '10.1.2.3' })).status, 429);
    time += 10_000;
    assert.equal((await signIn(PASSWORD)).status, 303);
  });

  it('takes a password in a form or in JSON, of a few kilobytes at most', async () => {
    access.setPolicy(passwordPolicy());
    assert.equal((await post(JSON.stringify({ password: PASSWORD }), 'application/json')).status, 303);
    assert.equal((await post('{"password":7}', 'application/json')).status, 400);
    assert.equal((await post('{', 'application/json')).status, 400);
    assert.equal((await post('x=1', 'application/x-www-form-urlencoded')).status, 400);
    assert.equal((await post(`password=${'x'.repeat(5000)}`, 'text/plain')).status, 413);
    assert.equal((await post(`password=${'x'.repeat(3000)}`, 'text/plain')).status, 401);
    assert.equal(await statusOf('/login', {}, 'PUT'), 405);
    assert.equal(await statusOf('/logout'), 405);
    assert.equal(await statusOf('/login'), 303);
  });
});
