import assert from 'node:assert/strict';
import senioConfig = require('../../../src/nodes/senio-config');
import senioPublish = require('../../../src/nodes/senio-publish');
import { answerWith, RecordingServer } from '../../support/recording-server';
import { PROXY, proxyModule } from './core-nodes';
import { KEY, onTab, runFlow, useHelper, type FlowNode } from './support';

const MODULES = [senioConfig, senioPublish, proxyModule];
const CREDENTIALS = { sensor: { key: KEY } };
const STORED = answerWith(201, '{"timestamp":1,"data":{"temp":22}}');
const PASSWORD = 'hidden-9f2';

const nodesWith = (config: object): readonly FlowNode[] => [
  {
    id: 'sensor',
    type: 'senio-config',
    server: 'custom',
    url: 'http://senio.example',
    sensor: 'rpi',
    ...config,
  },
  onTab({ id: 'publish', type: 'senio-publish', config: 'sensor' }),
];

describe('the proxies of the environment, for a config node', () => {
  useHelper();

  let proxy: RecordingServer;
  let other: RecordingServer;
  beforeEach(async () => {
    [proxy, other] = await Promise.all([RecordingServer.start(STORED), RecordingServer.start(STORED)]);
  });
  afterEach(() => Promise.all([proxy.close(), other.close()]));

  /** Publishes a reading in a Node-RED with these settings; `{proxy}` and `{other}` stand for the URLs of the two. */
  async function publish(
    proxyOptions: object,
    nodes = nodesWith({}),
    credentials = CREDENTIALS,
  ): Promise<void> {
    const text = JSON.stringify({ proxyOptions })
      .replaceAll('{proxy}', proxy.url)
      .replaceAll('{other}', other.url);
    const flow = await runFlow(MODULES, nodes, credentials, JSON.parse(text));
    flow.send('publish', { payload: { temp: 22 } });
    await flow.next('results');
  }

  for (const [name, options] of [
    ['lower case goes first', { env: { http_proxy: '{proxy}', HTTP_PROXY: '{other}' } }],
    [
      'upper case is favoured',
      { favourUpperCase: true, env: { HTTP_PROXY: '{proxy}', http_proxy: '{other}' } },
    ],
    ['only lower case counts', { lowerCaseOnly: true, env: { all_proxy: '{proxy}', HTTP_PROXY: '{other}' } }],
    [
      "npm's are left out",
      { excludeNpm: true, env: { http_proxy: '{proxy}', npm_config_http_proxy: '{other}' } },
    ],
    ['the mode is legacy', { mode: 'legacy', env: { HTTP_PROXY: '{proxy}', http_proxy: '{other}' } }],
  ] as const) {
    it(`follow proxyOptions in Node-RED's settings: ${name}`, async () => {
      await publish(options);
      assert.equal(proxy.request.path, 'http://senio.example/publish/rpi');
      assert.equal(other.requests.length, 0);
    });
  }

  for (const [mode, first] of [
    ['legacy', 'HTTP_PROXY'],
    ['strict', 'http_proxy'],
  ] as const) {
    it(`follow the mode ${mode} of NR_PROXY_MODE, whatever the settings say`, async () => {
      const before = process.env['NR_PROXY_MODE'];
      process.env['NR_PROXY_MODE'] = mode;
      try {
        const env = { http_proxy: '{other}', HTTP_PROXY: '{other}', [first]: '{proxy}' };
        await publish({ mode: mode === 'legacy' ? 'strict' : 'legacy', env });
      } finally {
        if (before === undefined) delete process.env['NR_PROXY_MODE'];
        else process.env['NR_PROXY_MODE'] = before;
      }
      assert.deepEqual([proxy.requests.length, other.requests.length], [1, 0]);
    });
  }

  it('come from the process where the settings have none', async () => {
    const before = process.env['npm_config_http_proxy'];
    // The first that is looked for, so that those of this machine do not matter.
    process.env['npm_config_http_proxy'] = proxy.url;
    try {
      await publish({});
    } finally {
      if (before === undefined) delete process.env['npm_config_http_proxy'];
      else process.env['npm_config_http_proxy'] = before;
    }
    assert.equal(proxy.request.path, 'http://senio.example/publish/rpi');
  });

  it('give way to an http proxy node of the config node', async () => {
    const proxyNode = { id: PROXY, type: 'http proxy', url: proxy.url };
    await publish({ env: { http_proxy: '{other}' } }, [...nodesWith({ proxy: PROXY }), proxyNode]);
    assert.deepEqual([proxy.requests.length, other.requests.length], [1, 0]);
  });

  it('see nothing of what goes to the station of this Node-RED', async () => {
    await publish({ env: { http_proxy: '{proxy}', all_proxy: '{other}' } }, nodesWith({ server: 'here' }));
    assert.deepEqual([proxy.requests.length, other.requests.length], [0, 0]);
  });

  it('pause the queue where they cannot be used, by the name of the variable and without its password', async () => {
    const env = { http_proxy: `socks5://user:${PASSWORD}@127.0.0.1:1080` };
    const flow = await runFlow(MODULES, nodesWith({}), CREDENTIALS, { proxyOptions: { env } });
    flow.send('publish', { mark: 'kept', payload: { temp: 1 } });
    const status = await flow.untilStatus('publish', 'common.status.paused');
    assert.deepEqual([status.fill, status.shape], ['red', 'dot']);
    const { error, mark } = await flow.next('caught');
    assert.match(error?.message ?? '', /^The proxy of the environment variable http_proxy is no URL/);
    assert.deepEqual([error?.code, mark], ['misconfigured', 'kept']);
    await flow.next('completed');
    const told = JSON.stringify([flow.log, flow.caught, flow.results, flow.statusesOf('publish')]);
    assert(!told.includes(PASSWORD), 'a password was told');
  });
});
