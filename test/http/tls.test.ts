import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { createCertificate, createCertificateOf, type Certificate } from '../support/certificates';
import { startOpenSsl } from '../support/openssl-server';
import { answerWith, RawServer, RecordingServer } from '../support/recording-server';
import { failureOf, messageOf, valueOf } from '../support/results';
import { assertNoSecret, closeClients, createClient, proxyAt, SHORT_MS, WAYS } from './support';

const HINT =
  /^127\.0\.0\.1:\d+ closed the connection .*: if it speaks TLS, its address begins with https:\/\/ \(ECONNRESET\)$/;

for (const { name: way, send } of WAYS) {
  describe(`http, ${way}: TLS`, () => {
    let certificate: Certificate;
    let server: RecordingServer;

    before(async function () {
      const made = createCertificate('IP:127.0.0.1');
      if (!made) {
        console.log('skipped: there is no openssl to make a certificate with');
        this.skip();
      }
      certificate = made;
      server = await RecordingServer.start(answerWith(201, '{}'), certificate);
    });

    afterEach(closeClients);
    after(() => server?.close());

    it('refuses a server whose certificate nobody vouches for, before it gets the key', async () => {
      const result = await send(createClient(), server.url);
      assert.equal(failureOf(result).kind, 'untrusted');
      assert.match(
        messageOf(result),
        /has a self-signed certificate: give its CA in a TLS configuration \(DEPTH_ZERO_/,
      );
      assert.equal(server.requests.length, 0);
      assertNoSecret(result);
    });

    it('takes it where its CA is given', async () => {
      const client = createClient({ tls: { ca: certificate.cert } });
      assert.equal(valueOf(await send(client, server.url)).statusCode, 201);
    });

    it('refuses a certificate for another host name', async () => {
      const client = createClient({ tls: { ca: certificate.cert } });
      const result = await send(client, server.url.replace('127.0.0.1', 'localhost'));
      assert.equal(failureOf(result).kind, 'untrusted');
      assert.match(messageOf(result), /has a certificate for another host name: check the address/);
    });

    it('refuses the certificate of another CA', async () => {
      const other = createCertificate('IP:127.0.0.1');
      assert(other);
      const result = await send(createClient({ tls: { ca: other.cert } }), server.url);
      assert.equal(failureOf(result).kind, 'untrusted');
    });

    for (const [name, from, to] of [
      ['is not valid yet', '20400101000000Z', '20410101000000Z'],
      ['has expired', '20200101000000Z', '20210101000000Z'],
    ] as const)
      it(`blames the time for a certificate that ${name} only while this machine's clock is not set`, async () => {
        const other = createCertificateOf('IP:127.0.0.1', from, to);
        assert(other, 'openssl could not make it');
        const otherServer = await RecordingServer.start(answerWith(201, '{}'), other);
        try {
          let isSet = false;
          const client = createClient({ tls: { ca: other.cert }, isClockSet: () => isSet });
          const untimely = await send(client, otherServer.url);
          assert.equal(failureOf(untimely).kind, 'untimely');
          assert.match(
            messageOf(untimely),
            /certificate of another time than this machine's clock shows, which is not set/,
          );
          assert.equal(await client.reach(otherServer.url, new AbortController().signal), true);
          isSet = true;
          assert.equal(failureOf(await send(client, otherServer.url)).kind, 'untrusted');
          assert.equal(otherServer.requests.length, 0);
        } finally {
          await otherServer.close();
        }
      });

    it('takes any certificate where the TLS configuration says so', async () => {
      const client = createClient({ tls: { rejectUnauthorized: false } });
      assert.equal(valueOf(await send(client, server.url)).statusCode, 201);
    });

    it('sends nothing of it to a server that speaks plain HTTP', async () => {
      const plain = await RecordingServer.start(answerWith(201, '{}'));
      const result = await send(createClient(), plain.url.replace('http:', 'https:'));
      assert.equal(failureOf(result).kind, 'unreadable');
      assert.match(
        messageOf(result),
        /answered, but not in TLS: is the port right, and is it http:\/\/ instead/,
      );
      assert.equal(plain.requests.length, 0);
      await plain.close();
    });

    it('gets a hint where the server wants it and the address says http', async () => {
      const result = await send(createClient(), server.url.replace('https:', 'http:'));
      assert.equal(failureOf(result).kind, 'offline');
      assert.match(messageOf(result), HINT);
      assertNoSecret(result);
    });

    for (const version of ['tls1_2', 'tls1_3']) {
      it(`gets a hint where openssl serves ${version} and the address says http`, async () => {
        const openssl = await startOpenSsl(certificate, version);
        const result = await send(createClient(), `http://127.0.0.1:${openssl.port}/`);
        await openssl.end();
        assert.equal(failureOf(result).kind, 'offline');
        assert.match(messageOf(result), HINT);
      });
    }

    for (const url of ['http://senio.example/', 'https://senio.example/']) {
      it(`gets a hint where a proxy wants it and its address says http, for ${url}`, async () => {
        const proxyFor = proxyAt(server.url.replace('https:', 'http:'));
        const result = await send(createClient({ proxyFor }), url);
        assert.equal(failureOf(result).kind, 'offline');
        assert.match(messageOf(result), new RegExp(`^The proxy ${HINT.source.slice(1)}`));
      });
    }

    for (const [what, scheme, talk] of [
      ['half an answer came', 'http', (socket: Socket) => socket.end('HTTP/1.1 201 Cre')],
      ['the address says https', 'https', (socket: Socket) => socket.destroy()],
    ] as const) {
      it(`gets no hint where ${what} before the connection was closed`, async () => {
        const raw = await RawServer.start((socket) => void talk(socket));
        const result = await send(createClient(), raw.url.replace('http:', `${scheme}:`));
        await raw.close();
        assert.equal(failureOf(result).kind, 'offline');
        assert.doesNotMatch(messageOf(result), /TLS/);
      });
    }

    for (const [what, tls] of [
      ['certificate', { cert: 'no certificate' }],
      ['key', { key: 'no key' }],
      ['key with a certificate', { cert: 'nothing', key: 'nothing' }],
    ] as const) {
      it(`cannot be set up with a ${what} that is none`, async () => {
        const result = await send(createClient({ tls }), server.url);
        assert.equal(failureOf(result).kind, 'misconfigured');
        assert.match(messageOf(result), /^The certificate or key of the TLS configuration cannot be read/);
      });
    }

    for (const [wanted, options, kind, message] of [
      ['a client certificate', {}, 'misconfigured', / wants a client certificate: give one/],
      ['one by TLS 1.2', { maxVersion: 'TLSv1.2' }, 'misconfigured', / may want a client certificate: give/],
      [
        'only TLS 1.1',
        { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'ALL:@SECLEVEL=0', requestCert: false },
        'misdirected',
        / speaks only an old TLS that is not safe: update the server/,
      ],
    ] as const) {
      it(`says what to do where the server takes ${wanted}`, async () => {
        const strict = await RecordingServer.start(answerWith(201, '{}'), {
          ...certificate,
          ca: certificate.cert,
          requestCert: true,
          rejectUnauthorized: true,
          ...options,
        });
        const result = await send(createClient({ tls: { ca: certificate.cert } }), strict.url);
        assert.equal(failureOf(result).kind, kind);
        assert.match(messageOf(result), message);
        assert.equal(strict.requests.length, 0);
        await strict.close();
      });
    }

    it('that never completes has only the time of the request', async () => {
      const silent = await RawServer.start(() => {});
      const client = createClient({ baseTimeoutMs: SHORT_MS });
      const result = await send(client, silent.url.replace('http:', 'https:'));
      assert.equal(failureOf(result).kind, 'timeout');
      await silent.close();
    });
  });
}
