import assert from 'node:assert/strict';
import { isIPv6 } from 'node:net';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { environmentProxy, type EnvironmentProxyOptions, type ProxyFor } from '../../src/http';
import { createCertificate, type Certificate } from '../support/certificates';
import { answerWith, RawServer, RecordingServer } from '../support/recording-server';
import { failureOf, messageOf, valueOf } from '../support/results';
import { assertNoSecret, closeClients, createClient, KEY, SHORT_MS, WAYS } from './support';
import { TunnelProxy } from './tunnel-proxy';

const STRICT: EnvironmentProxyOptions = {
  mode: 'strict',
  favourUpperCase: false,
  lowerCaseOnly: false,
  excludeNpm: false,
};

type Variables = Readonly<Record<string, string>>;

/** What Node-RED's own http request node asks for its proxies. */
interface CoreHelper {
  getProxyForUrl(url: string, options: EnvironmentProxyOptions & { readonly env: Variables }): string;
}

const CORE = ['@node-red', 'node-red-4/node_modules/@node-red'].map((folder) => {
  const path = join(__dirname, '../../node_modules', folder, 'nodes/core/network/lib/proxyHelper.js');
  const helper: CoreHelper = require(path);
  return helper;
});

const HOSTS = [
  'localhost',
  '127.0.0.1',
  'example',
  'a.example',
  'deep.a.example',
  'xa.example',
  '[::1]',
  '[a::1]',
];

function drawTargets(): fc.Arbitrary<string> {
  return fc
    .record({
      scheme: fc.constantFrom('http', 'https'),
      host: fc.constantFrom(...HOSTS),
      port: fc.constantFrom('', ':80', ':443', ':8080'),
      path: fc.constantFrom('/', '/publish/rpi?a=example'),
    })
    .map(({ scheme, host, port, path }) => `${scheme}://${host}${port}${path}`);
}

const NAMES = ['http_proxy', 'https_proxy', 'proxy'].map((name) => `npm_config_${name}`);
const ALL_NAMES = [...NAMES, 'http_proxy', 'https_proxy', 'all_proxy'].flatMap((name) => [
  name,
  name.toUpperCase(),
]);

/** Values by which it can be told of which variable a proxy is. */
function drawValue(name: string): fc.Arbitrary<string | undefined> {
  const host = `${name.replaceAll('_', '-')}.proxy`;
  const usable = [
    host,
    `${host}:3128`,
    `http://${host}`,
    `https://name:secret@${host}:8443/path`,
    ` ${host} `,
  ];
  return fc.constantFrom(undefined, undefined, '', ...usable, `socks5://${host}:1080`, 'http://', ' ');
}

function drawRules(): fc.Arbitrary<string> {
  const host = fc.constantFrom(
    'localhost',
    '127.0.0.1',
    'A.Example',
    'a.example',
    'example',
    '[::1]',
    '[A::1]',
  );
  const rule = fc
    .tuple(
      fc.constantFrom('', '', '.', '*', '*.'),
      host,
      fc.constantFrom('', '', ':80', ':443', ':8080', ':0'),
    )
    .map((parts) => parts.join(''));
  const noise = fc.string({
    unit: fc.constantFrom('a', 'l', 'e', '.', '*', ':', '[', ']', '0', '1', '8'),
    maxLength: 5,
  });
  const separator = fc.constantFrom(',', ' ', ', ', '\t', '\n');
  return fc
    .array(fc.tuple(fc.oneof({ weight: 3, arbitrary: rule }, noise), separator), { maxLength: 4 })
    .filter((rules) => rules.every(([text]) => !isIPv6(text)))
    .map((rules) => rules.map(([text, after]) => text + after).join(''));
}

function drawVariables(): fc.Arbitrary<Variables> {
  const proxies = ALL_NAMES.map((name) => [name, drawValue(name)] as const);
  const rules = ['npm_config_no_proxy', 'no_proxy', 'NO_PROXY'].map(
    (name) => [name, fc.option(drawRules(), { nil: undefined })] as const,
  );
  return fc
    .record(Object.fromEntries([...proxies, ...rules]))
    .map((all) =>
      Object.fromEntries(
        Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
      ),
    );
}

function drawOptions(): fc.Arbitrary<EnvironmentProxyOptions> {
  return fc.record({
    mode: fc.constantFrom('strict', 'strict', 'legacy'),
    favourUpperCase: fc.boolean(),
    lowerCaseOnly: fc.boolean(),
    excludeNpm: fc.boolean(),
  });
}

/** Where Node-RED would send a request, in the form in which `whereTo` says it. */
function whereByCore(
  core: CoreHelper,
  target: URL,
  env: Variables,
  options: EnvironmentProxyOptions,
): string {
  const text = core.getProxyForUrl(target.href, { ...options, env });
  if (!text) return 'directly';
  // In its legacy mode it leaves a missing scheme to whoever uses the URL.
  const url = URL.parse(text.includes('://') ? text : `${target.protocol}//${text}`);
  if (!url || !/^https?:$/.test(url.protocol)) return 'nowhere';
  return `${url.protocol}//${url.hostname}:${url.port || (url.protocol === 'https:' ? 443 : 80)}`;
}

function whereTo(proxyFor: ProxyFor, target: URL): string {
  const proxy = proxyFor(target);
  if (!proxy.ok) return 'nowhere';
  if (!proxy.value) return 'directly';
  const { protocol, host, port } = proxy.value;
  return `${protocol}://${host}:${port}`;
}

describe('http: the proxies of the environment', () => {
  it("agree with those that Node-RED's http request node finds, for any target and any variables", () => {
    fc.assert(
      fc.property(drawTargets(), drawVariables(), drawOptions(), (text, env, options) => {
        const target = new URL(text);
        const found = whereTo(environmentProxy(env, options), target);
        for (const core of CORE) assert.equal(found, whereByCore(core, target, env, options));
      }),
      { numRuns: 5000 },
    );
  });

  it('stay as they were read once, so that a request is not sent elsewhere than the one before', () => {
    const env: Record<string, string> = { http_proxy: 'http://before.example' };
    const proxyFor = environmentProxy(env, STRICT);
    env['http_proxy'] = 'http://after.example';
    env['no_proxy'] = '*';
    assert.equal(whereTo(proxyFor, new URL('http://senio.example/')), 'http://before.example:80');
  });

  for (const address of ['::1', '[::1]', '[::1]:8080', '2001:db8::1, ::1']) {
    it(`leave out an IPv6 address that no_proxy has as ${address}`, () => {
      const proxyFor = environmentProxy({ http_proxy: 'http://p.example', no_proxy: address }, STRICT);
      assert.equal(whereTo(proxyFor, new URL('http://[::1]:8080/')), 'directly');
    });
  }
});

const servers = new Set<{ close(): Promise<void> }>();

function opened<Opened extends { close(): Promise<void> }>(server: Opened): Opened {
  servers.add(server);
  return server;
}

const PASSWORD = 'pa:ss/wörd';
const BASIC = `Basic ${Buffer.from(`user:${PASSWORD}`).toString('base64')}`;

/** The URL of a proxy with a user name and a password. */
const withLogin = (url: string) => url.replace('://', `://user:${encodeURIComponent(PASSWORD)}@`);

/** A client that goes by the proxies of these variables. */
const clientWith = (variables: Variables, ca?: string, baseTimeoutMs?: number) =>
  createClient({
    proxyFor: environmentProxy(variables, STRICT),
    ...(ca === undefined ? {} : { tls: { ca } }),
    ...(baseTimeoutMs === undefined ? {} : { baseTimeoutMs }),
  });

for (const { name: way, send } of WAYS) {
  describe(`http, ${way}: a proxy of the environment`, () => {
    let certificate: Certificate | undefined;
    before(() => {
      certificate = createCertificate('DNS:localhost');
    });
    afterEach(async () => {
      closeClients();
      await Promise.all([...servers].map((server) => server.close()));
      servers.clear();
    });

    for (const name of ['http_proxy', 'HTTP_PROXY', 'all_proxy', 'ALL_PROXY']) {
      it(`gets requests for http where ${name} is set, with its credentials`, async () => {
        const proxy = opened(await RecordingServer.start(answerWith(201, '{}')));
        const client = clientWith({ [name]: withLogin(proxy.url) });
        valueOf(await send(client, 'http://senio.example:8080/publish/rpi'));
        assert.equal(proxy.request.path, 'http://senio.example:8080/publish/rpi');
        assert.equal(proxy.request.headers['proxy-authorization'], BASIC);
      });
    }

    it('sees nothing of the hosts of no_proxy', async () => {
      const proxy = opened(await RecordingServer.start(answerWith(201, '{}')));
      const target = opened(await RecordingServer.start(answerWith(201, '{}')));
      for (const exempt of ['127.0.0.1', target.host, '*', 'elsewhere.example'])
        valueOf(await send(clientWith({ http_proxy: proxy.url, no_proxy: exempt }), target.url));
      assert.deepEqual([proxy.requests.length, target.requests.length], [1, 3]);
    });

    it('opens tunnels for https where https_proxy is set, and never sees a key', async function () {
      if (!certificate) {
        console.log('skipped: there is no openssl to make a certificate with');
        this.skip();
      }
      const target = opened(await RecordingServer.start(answerWith(201, '{}'), certificate));
      const proxy = opened(await new TunnelProxy().listen());
      const client = clientWith({ https_proxy: withLogin(proxy.url) }, certificate.cert);
      valueOf(await send(client, `https://localhost:${target.port}/publish/rpi`));
      assert.equal(target.request.headers.authorization, `Bearer ${KEY}`);
      const [connected] = proxy.connects;
      assert.equal(connected?.headers['proxy-authorization'], BASIC);
      assert.equal(connected.headers.authorization, undefined);
      const carried = Buffer.concat(proxy.carried);
      assert(carried.length > 0 && !carried.includes(KEY), 'the key went through the proxy in clear');

      valueOf(
        await send(
          clientWith({ https_proxy: proxy.url, no_proxy: 'localhost' }, certificate.cert),
          `https://localhost:${target.port}/`,
        ),
      );
      assert.deepEqual([proxy.connects.length, target.requests.length], [1, 2]);
    });

    for (const scheme of ['http', 'https']) {
      for (const value of [
        `socks5://user:${PASSWORD}@h`,
        'http://',
        `user:${PASSWORD}@h`,
        `ftp://user:secret@h`,
      ]) {
        it(`cannot be ${JSON.stringify(value.slice(0, 9))}… for ${scheme}, which names its variable alone`, async () => {
          const name = `${scheme.toUpperCase()}_PROXY`;
          const result = await send(clientWith({ [name]: value }), `${scheme}://senio.example/`);
          assert.equal(failureOf(result).kind, 'misconfigured');
          assert.match(
            messageOf(result),
            new RegExp(`^The proxy of the environment variable ${name} is no URL that begins with http://`),
          );
          assertNoSecret(result, PASSWORD, 'secret');
        });
      }

      it(`that cannot be reached for ${scheme} is named with its variable`, async () => {
        const gone = await RawServer.start(() => {});
        const { url, host } = gone;
        await gone.close();
        const client = clientWith({ [`${scheme}_proxy`]: withLogin(url) });
        const result = await send(client, `${scheme}://senio.example/`);
        assert.equal(failureOf(result).kind, 'offline');
        assert(
          messageOf(result).startsWith(`The proxy of ${scheme}_proxy (${host}) refused the connection`),
          messageOf(result),
        );
        assertNoSecret(result, PASSWORD);
      });

      it(`that never answers for ${scheme} is named with its variable`, async () => {
        const silent = opened(await RawServer.start(() => {}));
        const client = clientWith({ all_proxy: withLogin(silent.url) }, undefined, SHORT_MS);
        const result = await send(client, `${scheme}://senio.example/`);
        assert.equal(failureOf(result).kind, 'timeout');
        assert.equal(
          messageOf(result),
          `senio.example gave no complete answer within 0 s through the proxy of all_proxy (${silent.host})`,
        );
        assertNoSecret(result, PASSWORD);
      });
    }

    for (const [status, kind, message] of [
      [
        407,
        'misconfigured',
        /: the proxy wants a user name and password: set them in http_proxy, as in http:/,
      ],
      [
        502,
        'unavailable',
        /^senio\.example answered 502 Bad Gateway through the proxy of http_proxy \(127.*\)$/,
      ],
    ] as const) {
      it(`that answers ${status} for http is named with its variable`, async () => {
        const proxy = opened(await RecordingServer.start(answerWith(status)));
        const client = clientWith({ http_proxy: withLogin(proxy.url) });
        const result = await send(client, 'http://senio.example/');
        assert.equal(failureOf(result).kind, kind);
        assert.match(messageOf(result), message);
        assertNoSecret(result, PASSWORD);
      });
    }

    for (const [status, kind, message] of [
      [
        407,
        'misconfigured',
        /: the proxy wants a user name and password: set them in https_proxy, as in http:/,
      ],
      [
        403,
        'misconfigured',
        /^The proxy of https_proxy \(127.*\) refuses to connect to senio\.example \(403 /,
      ],
    ] as const) {
      it(`that answers ${status} for https is named with its variable`, async () => {
        const refusal = `HTTP/1.1 ${status} No\r\nContent-Length: 0\r\n\r\n`;
        const proxy = opened(await new TunnelProxy({ refusal }).listen());
        const client = clientWith({ https_proxy: withLogin(proxy.url) });
        const result = await send(client, 'https://senio.example/');
        assert.equal(failureOf(result).kind, kind);
        assert.match(messageOf(result), message);
        assertNoSecret(result, PASSWORD);
      });
    }
  });
}
