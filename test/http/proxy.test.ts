import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { Socket } from 'node:net';
import type { ProxyFor } from '../../src/http';
import { createCertificate, type Certificate } from '../support/certificates';
import { answerWith, RawServer, RecordingServer } from '../support/recording-server';
import { failureOf, messageOf, valueOf } from '../support/results';
import { TunnelProxy } from './tunnel-proxy';
import { assertNoSecret, closeClients, createClient, KEY, proxyAt, SHORT_MS, WAYS } from './support';

const servers = new Set<{ close(): Promise<void> }>();

function opened<Opened extends { close(): Promise<void> }>(server: Opened): Opened {
  servers.add(server);
  return server;
}

afterEach(async () => {
  closeClients();
  await Promise.all([...servers].map((server) => server.close()));
  servers.clear();
});

const PASSWORD = 'pa:ss/wörd';
const BASIC = `Basic ${Buffer.from(`user:${PASSWORD}`).toString('base64')}`;

for (const { name: way, send } of WAYS) {
  function sendThrough(proxyFor: ProxyFor, url: string) {
    return send(createClient({ proxyFor }), url);
  }

  describe(`http, ${way}: a proxy, for http`, () => {
    it('gets the whole address, and the credentials where there are any', async () => {
      const proxy = opened(await RecordingServer.start(answerWith(201, '{}')));
      const target = 'http://senio.example:8080/publish/k%C3%BCche%2F1%20%25';
      valueOf(await sendThrough(proxyAt(`${proxy.url}/ignored?path`), target));
      assert.equal(proxy.request.path, target);
      assert.equal(proxy.request.headers.host, 'senio.example:8080');
      assert.equal(proxy.request.headers.authorization, `Bearer ${KEY}`);
      assert.equal(proxy.request.headers['proxy-authorization'], undefined);
    });

    it('gets credentials from the settings or its address', async () => {
      const proxy = opened(await RecordingServer.start(answerWith(201, '{}')));
      const withSettings = proxyAt(proxy.url, { username: 'user', password: PASSWORD });
      valueOf(await sendThrough(withSettings, 'http://senio.example/'));
      const inUrl = proxy.url.replace('://', `://user:${encodeURIComponent(PASSWORD)}@`);
      valueOf(await sendThrough(proxyAt(inUrl), 'http://senio.example/'));
      for (const { headers } of proxy.requests) assert.equal(headers['proxy-authorization'], BASIC);
    });

    it('may have a "%" in its credentials that encodes nothing', async () => {
      const proxy = opened(await RecordingServer.start(answerWith(201, '{}')));
      valueOf(await sendThrough(proxyAt(proxy.url.replace('://', '://us%er:50%@')), 'http://senio.example/'));
      const expected = Buffer.from('us%er:50%').toString('base64');
      assert.equal(proxy.request.headers['proxy-authorization'], `Basic ${expected}`);
    });

    it('may have an IPv6 address', async function () {
      const proxy = createServer((_request, response) => response.end('{}'));
      const isListening = await new Promise<boolean>((resolve) => {
        proxy.once('error', () => resolve(false)).listen(0, '::1', () => resolve(true));
      });
      if (!isListening) {
        console.log('skipped: this machine has no IPv6');
        this.skip();
      }
      const address = proxy.address();
      assert(typeof address === 'object' && address !== null);
      const result = await sendThrough(proxyAt(`http://[::1]:${address.port}`), 'http://senio.example/');
      proxy.closeAllConnections();
      proxy.close();
      valueOf(result);
    });

    it('that wants credentials is told from a server that refuses the key', async () => {
      const proxy = opened(await RecordingServer.start(answerWith(407)));
      const result = await sendThrough(proxyAt(proxy.url), 'http://senio.example/');
      assert.equal(failureOf(result).kind, 'misconfigured');
      assert.match(
        messageOf(result),
        /407 .*the proxy wants a user name and password: set them in the http proxy node$/,
      );
    });

    it('that echoes the credentials does not bring them into a result', async () => {
      const proxy = opened(
        await RecordingServer.start(({ headers }, response) => {
          response.writeHead(502, { 'Content-Type': 'text/plain' });
          response.end(`refused: ${headers['proxy-authorization']}`);
        }),
      );
      const proxyFor = proxyAt(proxy.url, { username: 'user', password: PASSWORD });
      const result = await sendThrough(proxyFor, 'http://senio.example/');
      assert.match(messageOf(result), /: refused: Basic \*{3}$/);
      assertNoSecret(result, PASSWORD, BASIC.slice('Basic '.length));
    });

    it('that repeats the user and the password in clear does not bring them into a result', async () => {
      const login = { username: 'kitchen-pi', password: PASSWORD };
      for (const [status, reason] of [
        [407, `no user ***: *** (***)`],
        [502, `no user kitchen-pi: *** (***)`],
      ] as const) {
        const proxy = opened(
          await RecordingServer.start((_request, response) => {
            response.writeHead(status, { 'Content-Type': 'text/plain' });
            const words = `no user ${login.username}: ${PASSWORD}`;
            response.end(`${words} (${encodeURIComponent(encodeURIComponent(PASSWORD))})`);
          }),
        );
        const result = await sendThrough(proxyAt(proxy.url, login), 'http://senio.example/');
        assert(messageOf(result).includes(`: ${reason}`), messageOf(result));
      }
    });

    it('that cannot be reached is named', async () => {
      const gone = await RawServer.start(() => {});
      const { url, host } = gone;
      await gone.close();
      const result = await sendThrough(
        proxyAt(url, { username: 'user', password: PASSWORD }),
        'http://senio.example/',
      );
      assert.equal(failureOf(result).kind, 'offline');
      assert.match(messageOf(result), new RegExp(`^The proxy ${host} refused the connection`));
      assertNoSecret(result, PASSWORD);
    });

    it('cannot be an environment variable that is not set', async () => {
      const result = await sendThrough(proxyAt('${NOTSET}'), 'http://senio.example/');
      assert.match(
        messageOf(result),
        /^The proxy's address is taken from the environment variable "NOTSET", which is/,
      );
    });

    for (const url of ['', 'proxy:3128', 'socks5://127.0.0.1:1080', 'http://', `ftp://user:${PASSWORD}@h`]) {
      it(`cannot be ${JSON.stringify(url.slice(0, 20))}`, async () => {
        const result = await sendThrough(proxyAt(url), 'http://senio.example/');
        assert.equal(failureOf(result).kind, 'misconfigured');
        assert.match(
          messageOf(result),
          /^The proxy's address is no URL that begins with http:\/\/ or https:\/\//,
        );
        assertNoSecret(result, PASSWORD);
      });
    }
  });

  describe(`http, ${way}: hosts without the proxy`, () => {
    const cases: readonly (readonly [host: string, rules: readonly string[], isDirect: boolean])[] = [
      ['127.0.0.1', [], false],
      ['127.0.0.1', ['127.0.0.1'], true],
      ['127.0.0.1', [' 127.0.0.1 '], true],
      ['127.0.0.1', ['*'], true],
      ['127.0.0.1', ['', ' ', ':', ',', '.', '*.'], false],
      ['127.0.0.1', ['127.0.0.2', '127.0.0', '27.0.0.1', '.0.0.2'], false],
      ['127.0.0.1', ['.0.0.1'], true],
      ['127.0.0.1', ['*.0.0.1'], true],
      ['127.0.0.1', ['127.0.0.1:1'], false],
      ['127.0.0.1', ['127.0.0.1:PORT'], true],
      ['127.0.0.1', ['*:PORT'], true],
      ['127.0.0.1', ['*:1'], false],
      ['localhost', ['LOCALHOST'], true],
      ['localhost', ['host', '.localhost', 'ocalhost'], false],
      ['LocalHost', ['localhost'], true],
    ];
    for (const [host, rules, isDirect] of cases) {
      it(`${host} with ${JSON.stringify(rules)}: ${isDirect ? 'directly' : 'through it'}`, async () => {
        const proxy = opened(await RecordingServer.start(answerWith(201, '{}')));
        const target = opened(await RecordingServer.start(answerWith(201, '{}')));
        const noProxy = rules.map((rule) => rule.replace('PORT', String(target.port)));
        valueOf(await sendThrough(proxyAt(proxy.url, { noProxy }), `http://${host}:${target.port}/`));
        assert.deepEqual([proxy.requests.length, target.requests.length], isDirect ? [0, 1] : [1, 0]);
      });
    }

    for (const [rule, isDirect] of [
      ['[::1]', true],
      ['::1', true],
      ['[::1]:9', true],
      ['[::1]:10', false],
      ['::2', false],
    ] as const) {
      it(`an IPv6 address with ${rule}: ${isDirect ? 'directly' : 'through it'}`, async () => {
        const proxy = opened(await RecordingServer.start(answerWith(201, '{}')));
        // Nothing listens on the discard port: a direct request fails, one through the proxy does not.
        const result = await sendThrough(proxyAt(proxy.url, { noProxy: [rule] }), 'http://[::1]:9/');
        assert.equal(result.ok, !isDirect);
      });
    }
  });

  describe(`http, ${way}: a proxy, for https`, () => {
    let certificate: Certificate;

    before(function () {
      const made = createCertificate('DNS:localhost');
      if (!made) {
        console.log('skipped: there is no openssl to make a certificate with');
        this.skip();
      }
      certificate = made;
    });

    it('opens a tunnel, gets its own credentials and never sees the key', async () => {
      const target = opened(await RecordingServer.start(answerWith(201, '{"a":1}'), certificate));
      const proxy = opened(await new TunnelProxy().listen());
      const proxyFor = proxyAt(proxy.url, { username: 'user', password: PASSWORD });
      const client = createClient({ proxyFor, tls: { ca: certificate.cert } });
      const result = await send(client, `https://localhost:${target.port}/publish/rpi`);
      assert.equal(valueOf(result).text, '{"a":1}');
      const [connected] = proxy.connects;
      assert.equal(connected?.target, `localhost:${target.port}`);
      assert.equal(connected.headers['proxy-authorization'], BASIC);
      assert.equal(connected.headers.authorization, undefined);
      assert.equal(target.request.path, '/publish/rpi');
      assert.equal(target.request.headers.authorization, `Bearer ${KEY}`);
      assert.equal(target.request.headers['proxy-authorization'], undefined);
      client.close();
      await proxy.idle();

      const distrusting = await sendThrough(proxyFor, `https://localhost:${target.port}/`);
      assert.equal(failureOf(distrusting).kind, 'untrusted');
      assert.match(messageOf(distrusting), /^localhost:\d+ has a self-signed certificate/);
      assertNoSecret(distrusting, PASSWORD);
      assert.equal(target.requests.length, 1);
      await proxy.idle();
    });

    it('may itself speak TLS, under its own name', async () => {
      const own = createCertificate('IP:127.0.0.1');
      assert(own);
      const target = opened(await RecordingServer.start(answerWith(201, '{"a":1}'), certificate));
      const proxy = opened(await new TunnelProxy({ certificate: own }).listen());
      const url = `https://localhost:${target.port}/`;
      // The name that the TLS configuration gives is the server's.
      const tls = { ca: [certificate.cert, own.cert], servername: 'localhost' };
      const client = createClient({ proxyFor: proxyAt(proxy.url), tls });
      assert.equal(valueOf(await send(client, url)).text, '{"a":1}');
      client.close();
      await proxy.idle();

      const distrusting = await sendThrough(proxyAt(proxy.url), url);
      assert.equal(failureOf(distrusting).kind, 'untrusted');
      assert.match(messageOf(distrusting), /^The proxy 127\.0\.0\.1:\d+ has a self-signed certificate/);
    });

    it('opens a tunnel to an address that has no name', async () => {
      const own = createCertificate('IP:127.0.0.1');
      assert(own);
      const target = opened(await RecordingServer.start(answerWith(201, '{}'), own));
      const proxy = opened(await new TunnelProxy().listen());
      const client = createClient({ proxyFor: proxyAt(proxy.url), tls: { ca: own.cert } });
      valueOf(await send(client, target.url));
      assert.equal(proxy.connects[0]?.target, target.host);
    });

    it('that speaks TLS also gets requests for http', async () => {
      const own = createCertificate('IP:127.0.0.1');
      assert(own);
      const proxy = opened(await RecordingServer.start(answerWith(201, '{"a":1}'), own));
      const client = createClient({ proxyFor: proxyAt(proxy.url), tls: { ca: own.cert } });
      valueOf(await send(client, 'http://senio.example/publish/rpi'));
      assert.equal(proxy.request.path, 'http://senio.example/publish/rpi');
    });

    it('opens no tunnel for TLS settings that cannot be used, or ends it', async () => {
      const proxy = opened(await new TunnelProxy().listen());
      const target = opened(await RecordingServer.start(answerWith(201, '{}'), certificate));
      const client = createClient({ proxyFor: proxyAt(proxy.url), tls: { cert: 'no certificate' } });
      const result = await send(client, `https://localhost:${target.port}/`);
      assert.equal(failureOf(result).kind, 'misconfigured');
      assert.match(messageOf(result), /^The certificate or key of the TLS configuration cannot be read/);
      await proxy.idle();
    });

    it('has no blame for a server that hangs up', async () => {
      const target = opened(await RawServer.start((socket) => socket.destroy()));
      const proxy = opened(await new TunnelProxy().listen());
      const result = await sendThrough(proxyAt(proxy.url), `https://localhost:${target.port}/`);
      assert.equal(failureOf(result).kind, 'offline');
      assert.match(messageOf(result), /^localhost:\d+ closed the connection/);
      await proxy.idle();
    });

    for (const [name, refusal, kind, message] of [
      [
        'wants credentials',
        'HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n',
        'misconfigured',
        /\(407 Proxy Authentication Required\): the proxy wants a user name and password: set them/,
      ],
      [
        'wants credentials and says it at length',
        `HTTP/1.1 407 No\r\nContent-Type: text/html\r\nContent-Length: 90000\r\n\r\n${'x'.repeat(90_000)}`,
        'misconfigured',
        /\(407 .*the proxy wants a user/,
      ],
      [
        'forbids the server',
        'HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n',
        'misconfigured',
        /\(403 Forbidden\): ask whoever runs the proxy to allow it/,
      ],
      ['knows no tunnels', 'HTTP/1.1 404 No\r\n\r\n', 'misconfigured', /\(404 Not Found\): ask/],
      ['redirects', 'HTTP/1.1 302 Go\r\nLocation: http://x/\r\n\r\n', 'misconfigured', /\(302 Found\): ask/],
      ['has too much to do', 'HTTP/1.1 429 Slow\r\n\r\n', 'throttled', /\(429 Too Many Requests\)$/],
      ['lost patience', 'HTTP/1.1 408 Slow\r\n\r\n', 'unavailable', /\(408 Request Timeout\)$/],
      [
        'cannot reach the server',
        'HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n',
        'unavailable',
        /\(502 Bad Gateway\)$/,
      ],
    ] as const) {
      it(`that ${name}: ${kind}`, async () => {
        const proxy = opened(await new TunnelProxy({ refusal }).listen());
        const proxyFor = proxyAt(proxy.url, { username: 'user', password: PASSWORD });
        const result = await sendThrough(proxyFor, 'https://senio.example/');
        assert.equal(failureOf(result).kind, kind);
        assert.match(
          messageOf(result),
          /^The proxy 127\.0\.0\.1:\d+ refuses to connect to senio\.example \(/,
        );
        assert.match(messageOf(result), message);
        assertNoSecret(result, PASSWORD);
        await proxy.idle();
      });
    }

    for (const [name, talk, kind, message] of [
      ['hangs up', (socket: Socket) => socket.end(), 'offline', /^The proxy .* closed the connection before/],
      [
        'is none',
        (socket: Socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n'),
        'unreadable',
        /^The proxy .* not in HTTP/,
      ],
    ] as const) {
      it(`that ${name}: ${kind}`, async () => {
        const proxy = opened(await RawServer.start((socket) => void talk(socket)));
        const result = await sendThrough(proxyAt(proxy.url), 'https://senio.example/');
        assert.equal(failureOf(result).kind, kind);
        assert.match(messageOf(result), message);
        await proxy.idle();
      });
    }

    for (const [name, talk] of [
      ['never answers', () => {}],
      ['never comes to an end', (socket: Socket) => socket.write('HTTP/1.1 200 OK\r\nX: y')],
      ['opens a tunnel to nowhere', (socket: Socket) => socket.write('HTTP/1.1 200 OK\r\n\r\n')],
    ] as const) {
      it(`that ${name} has only the time of the request, and its connection ends with it`, async () => {
        const proxy = opened(await RawServer.start((socket) => void talk(socket)));
        const client = createClient({ proxyFor: proxyAt(proxy.url), baseTimeoutMs: SHORT_MS });
        const result = await send(client, 'https://senio.example/');
        assert.equal(failureOf(result).kind, 'timeout');
        await proxy.idle();
        assert.equal(proxy.sockets.length, 1);
      });
    }
  });
}
