/** Who may look at the station, as station-config nodes and the settings file say, in a real Node-RED. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HASH_PASSWORD, STATION_EXPOSURE, type PasswordAnswer } from '../../src/nodes/contract';
import { startNodeRed, VERSIONS, type FlowNode, type NodeRed } from './support';

const KEY = 'aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa';
const PASSWORD = 'correct horse';
const SENSOR: FlowNode = {
  id: 'sensor',
  type: 'senio-config',
  server: 'here',
  sensor: 'rpi',
  station: 'access',
  credentials: { key: KEY },
};
const restricted = (access: string, credentials: object = {}): FlowNode => ({
  id: 'access',
  type: 'station-config',
  access,
  credentials,
});

for (const version of VERSIONS) {
  describe(`who may look at the station in ${version.name}`, () => {
    let nodeRed: NodeRed;
    before(async () => {
      nodeRed = await startNodeRed(version, { flows: [SENSOR] });
    });
    after(() => nodeRed.stop());

    const statusOf = async (path: string, headers: Record<string, string> = {}) =>
      (await fetch(`${nodeRed.url}/station${path}`, { headers, redirect: 'manual' })).status;
    const signIn = (password: string) =>
      fetch(`${nodeRed.url}/station/login`, {
        method: 'POST',
        body: new URLSearchParams({ password }),
        redirect: 'manual',
      });
    const editorPost = (path: string, body: object) =>
      fetch(`${nodeRed.url}/${path}`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(body),
      });

    async function makeHash(): Promise<string> {
      const answer: PasswordAnswer = await (await editorPost(HASH_PASSWORD, { password: PASSWORD })).json();
      assert.equal(answer.ok, true);
      return answer.hash;
    }

    it('has everyone look without such a node', async () => {
      assert.equal(await statusOf('/'), 200);
      // This Node-RED listens to this machine alone.
      const exposure = await (await editorPost(STATION_EXPOSURE, {})).json();
      assert.deepEqual(exposure, { ok: true, isExposed: false });
    });

    it('asks for a password, of which the files hold a hash alone, and lets devices post', async () => {
      const passwordHash = await makeHash();
      await nodeRed.deploy([SENSOR, restricted('password', { passwordHash })]);
      assert.equal(await statusOf('/'), 401);
      assert.equal(await statusOf('/api/sources'), 401);
      const signedIn = await signIn(PASSWORD);
      assert.equal(signedIn.status, 303);
      const Cookie = signedIn.headers.get('set-cookie')?.split(';')[0] ?? '';
      assert.equal(await statusOf('/api/sources', { Cookie }), 200);
      const posted = await fetch(`${nodeRed.url}/station/publish/rpi`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${KEY}` },
        body: `{"timestamp":${Date.now()},"data":{"temp":1}}`,
      });
      assert.equal(posted.status, 201);
      // The same password and a deploy end no session; another one does.
      await nodeRed.deploy([{ ...SENSOR, name: 'renamed' }, restricted('password')]);
      assert.equal(await statusOf('/api/sources', { Cookie }), 200);
      await nodeRed.deploy([SENSOR, restricted('password', { passwordHash: await makeHash() })]);
      assert.equal(await statusOf('/api/sources', { Cookie }), 401);
      for (const file of ['flows.json', 'flows_cred.json'])
        assert(!(await readFile(join(nodeRed.userDir, file), 'utf8')).includes(PASSWORD));
      assert(!nodeRed.log().includes(PASSWORD));
    });

    it('has nobody look where the password is missing, or is none that the dialog made', async () => {
      for (const passwordHash of ['', PASSWORD]) {
        await nodeRed.deploy([SENSOR, restricted('password', { passwordHash })]);
        assert.equal(await statusOf('/'), 403);
        assert.match(nodeRed.log(), /No password is set: until one is, nobody can look/);
      }
    });

    it('goes by the strictest of several nodes, and is free again after a deploy without any', async () => {
      const others = [restricted('everyone'), { ...restricted('nobody'), id: 'other' }];
      await nodeRed.deploy([SENSOR, ...others]);
      assert.equal(await statusOf('/'), 403);
      await nodeRed.deploy([SENSOR]);
      assert.equal(await statusOf('/'), 200);
    });

    it('keeps no password that is too short, and says why', async () => {
      const refused = await (await editorPost(HASH_PASSWORD, { password: 'short' })).json();
      assert.deepEqual(refused, {
        ok: false,
        reason: 'The password needs 8 characters at least, and may have 200',
      });
    });

    it('asks Node-RED’s permissions for what the dialog asks, and follows the settings file', async () => {
      const { userDir } = nodeRed;
      await nodeRed.end('SIGINT');
      const password = '$2b$08$/sPNI55s9dB.BQ4wYAWcaOJNWTAnuJzflw4PR6vxxAYGJm56d1n5q';
      nodeRed = await startNodeRed(version, {
        userDir,
        settings: `sensorpostStation: { access: 'nobody' },
          adminAuth: { type: 'credentials', users: [{ username: 'a', password: '${password}', permissions: '*' }] },`,
      });
      assert.equal(await statusOf('/'), 403);
      assert.equal((await editorPost(HASH_PASSWORD, { password: PASSWORD })).status, 401);
      assert.equal((await editorPost(STATION_EXPOSURE, {})).status, 401);
    });
  });
}
