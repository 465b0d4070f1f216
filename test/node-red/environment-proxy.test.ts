import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TunnelProxy } from '../http/tunnel-proxy';
import { createCertificate } from '../support/certificates';
import { answerWith, RecordingServer } from '../support/recording-server';
import { flowOf } from './flows';
import { startNodeRed, VERSIONS, type FlowNode, type NodeRed } from './support';

const KEY = '5c9b1c0e-7a53-4c6e-9d0f-2f6f6f1b7a11';
const PASSWORD = 'hidden-9f2';
const BASIC = `Basic ${btoa(`user:${PASSWORD}`)}`;
const STORED = answerWith(201, '{"timestamp":1,"data":{"temp":22}}');

const withLogin = (url: string) => url.replace('://', `://user:${PASSWORD}@`);

/** A sensor with its publish node, which an inject node of the name `to-` and its name gives a reading. */
function sensor(name: string, config: object): { readonly nodes: FlowNode[]; readonly configs: FlowNode[] } {
  return {
    nodes: [{ id: name, type: 'senio-publish', config: `${name}-config` }],
    configs: [
      { id: `${name}-config`, type: 'senio-config', sensor: name, credentials: { key: KEY }, ...config },
    ],
  };
}

const reading = (target: string) => ({
  id: `to-${target}`,
  target,
  code: 'msg.payload = { temp: 22 };',
});

for (const version of VERSIONS) {
  describe(`the proxies of the environment in ${version.name}`, () => {
    let nodeRed: NodeRed;
    let proxy: TunnelProxy;
    let direct: RecordingServer;
    let secure: RecordingServer;
    let folder: string;

    before(async function () {
      const certificate = createCertificate('IP:127.0.0.1');
      if (!certificate) {
        console.log('skipped: there is no openssl to make a certificate with');
        this.skip();
      }
      folder = await mkdtemp(join(tmpdir(), 'sensorpost-proxies-'));
      const trusted = join(folder, 'ca.pem');
      await writeFile(trusted, certificate.cert);
      proxy = await new TunnelProxy().listen();
      direct = await RecordingServer.start(STORED);
      secure = await RecordingServer.start(STORED, certificate);
      const env = {
        http_proxy: withLogin(proxy.url),
        HTTPS_PROXY: withLogin(proxy.url),
        no_proxy: 'localhost',
        NODE_EXTRA_CA_CERTS: trusted,
      };
      nodeRed = await startNodeRed(version, { env });
      const sensors = [
        sensor('far', { server: 'custom', url: 'http://senio.example' }),
        sensor('exempt', { server: 'custom', url: `http://localhost:${direct.port}` }),
        sensor('secure', { server: 'custom', url: secure.url }),
        sensor('here', { server: 'here' }),
      ];
      const core = {
        id: 'core',
        type: 'http request',
        method: 'GET',
        url: `http://core.example:${direct.port}/`,
      };
      await nodeRed.deploy(
        flowOf(
          [...sensors.flatMap(({ nodes }) => nodes), core],
          sensors.flatMap(({ configs }) => configs),
          ['far', 'exempt', 'secure', 'here', 'core'].map(reading),
        ),
      );
    });

    after(async () => {
      await nodeRed?.stop();
      await Promise.all([proxy, direct, secure].map((server) => server?.close()));
      if (folder) await rm(folder, { recursive: true });
    });

    afterEach(() => {
      const told = nodeRed.log() + JSON.stringify(nodeRed.debugged);
      for (const secret of [KEY, PASSWORD, BASIC]) assert(!told.includes(secret), 'a secret was told');
      for (const id of ['far', 'exempt', 'secure', 'here'])
        assert(!JSON.stringify(nodeRed.statusesOf(id)).includes(PASSWORD), 'a status has the password');
    });

    const proxied = () => proxy.forwarded.length + proxy.connects.length;

    async function publishTo(name: string): Promise<void> {
      const since = nodeRed.debugged.length;
      await nodeRed.inject(`to-${name}`);
      await nodeRed.debugOf('result', since);
    }

    it("take readings for http, as they take what Node-RED's own http request node asks for", async () => {
      await publishTo('far');
      const [forwarded] = proxy.forwarded;
      assert.equal(forwarded?.target, 'http://senio.example/publish/far');
      assert.equal(forwarded.headers['proxy-authorization'], BASIC);
      await publishTo('core');
      // That node has tunnels opened for http too.
      assert.deepEqual(
        proxy.connects.map(({ target }) => target),
        [`core.example:${direct.port}`],
      );
    });

    it('take readings for https through a tunnel, without the key in clear', async () => {
      await publishTo('secure');
      assert.equal(secure.request.headers.authorization, `Bearer ${KEY}`);
      assert.equal(secure.request.headers['proxy-authorization'], undefined);
      const connected = proxy.connects.find(({ target }) => target === secure.host);
      assert(connected);
      assert.equal(connected.headers['proxy-authorization'], BASIC);
      assert.equal(connected.headers.authorization, undefined);
      assert(!Buffer.concat(proxy.carried).includes(KEY), 'the key went through the proxy in clear');
    });

    for (const [name, what] of [
      ['exempt', 'the hosts of no_proxy'],
      ['here', 'the station in the same Node-RED'],
    ] as const) {
      it(`do not take readings for ${what}`, async () => {
        const before = proxied();
        await publishTo(name);
        assert.equal(proxied(), before);
      });
    }
  });
}
