import assert from 'node:assert/strict';
import { createCertificate } from '../support/certificates';
import { answerWith, RawServer, RecordingServer } from '../support/recording-server';
import { failureOf, valueOf } from '../support/results';
import { closeClients, createClient, KEY, noAbort, NOW, WAYS } from './support';

const MINUTE = 60_000;

afterEach(closeClients);

const dateAt = (time: number) => new Date(time).toUTCString();

for (const { name: way, send } of WAYS) {
  /** Asks a server, or delivers to one, whose answer has a Date; sending and answering take some time. */
  async function answered(date: string, statusCode = 200) {
    const server = await RecordingServer.start(answerWith(statusCode, '{}', { Date: date }));
    const times = [NOW, NOW + 1500];
    try {
      return await send(createClient({ now: () => times.shift() ?? NOW + 1500 }), server.url);
    } finally {
      await server.close();
    }
  }

  describe(`http, ${way}: the server’s clock`, () => {
    it('counts as right where its Date can have been written between the request and the answer', async () => {
      for (const time of [NOW, NOW + 1000]) assert.equal(valueOf(await answered(dateAt(time))).aheadMs, 0);
    });

    it('differs by what the request’s round trip cannot explain, ahead or behind', async () => {
      assert.equal(valueOf(await answered(dateAt(NOW + 5 * MINUTE))).aheadMs, 5 * MINUTE - 1500);
      assert.equal(valueOf(await answered(dateAt(NOW - 5 * MINUTE))).aheadMs, -5 * MINUTE + 999);
    });

    it('shows in a refusal too', async () => {
      const { aheadMs, statusCode } = failureOf(await answered(dateAt(NOW - 60 * MINUTE), 503));
      assert.deepEqual([aheadMs, statusCode], [-60 * MINUTE + 999, 503]);
    });

    it('tells whoever listens within which bounds it is ahead, where the answer was accepted', async () => {
      const heard: unknown[] = [];
      for (const [statusCode, date] of [
        [200, dateAt(NOW + 5 * MINUTE)],
        [200, 'now'],
        [503, dateAt(NOW)],
      ] as const) {
        const server = await RecordingServer.start(answerWith(statusCode, '{}', { Date: date }));
        const times = [NOW, NOW + 1500];
        const now = () => times.shift() ?? NOW + 1500;
        await send(createClient({ now, heard: (...said) => heard.push(said) }), server.url);
        await server.close();
      }
      assert.deepEqual(heard, [['127.0.0.1', { leastMs: 5 * MINUTE - 1500, mostMs: 5 * MINUTE + 999 }]]);
    });

    it('stays unknown where there is no Date of HTTP', async () => {
      for (const date of ['', 'now', '12', 'Fri, 01 May 2026 12:00:00 +0200', 'x GMT'])
        assert.equal('aheadMs' in valueOf(await answered(date)), false, date);
      const server = await RecordingServer.start(answerWith(200, '{}'));
      const result = await send(createClient(), server.url);
      assert.deepEqual(Object.keys(valueOf(result)).toSorted(), ['contentType', 'statusCode', 'text']);
      await server.close();
    });
  });
}

describe('http: whether a server can be reached', () => {
  it('shows in its first page, which is asked for without the key', async () => {
    const server = await RecordingServer.start(answerWith(404, 'no such page'));
    assert.equal(await createClient().reach(`${server.url}/prefix/publish/rpi?q=1`, noAbort()), true);
    const { method, path, headers, body } = server.request;
    assert.deepEqual([method, path, body.length], ['HEAD', '/', 0]);
    assert.equal(headers.authorization, undefined);
    assert(!JSON.stringify(headers).includes(KEY));
    await server.close();
  });

  it('holds whatever it answers', async () => {
    for (const statusCode of [200, 301, 403, 500]) {
      const server = await RecordingServer.start(answerWith(statusCode));
      assert.equal(await createClient().reach(server.url, noAbort()), true, String(statusCode));
      await server.close();
    }
  });

  it('holds where its certificate is not trusted, as while this machine’s date is wrong', async function () {
    const certificate = createCertificate('IP:127.0.0.1');
    if (!certificate) {
      console.log('skipped: there is no openssl to make a certificate with');
      this.skip();
    }
    const server = await RecordingServer.start(answerWith(200), certificate);
    assert.equal(await createClient().reach(server.url, noAbort()), true);
    await server.close();
  });

  it('does not hold where nobody answers', async () => {
    const server = await RecordingServer.start(answerWith(200));
    const { url } = server;
    await server.close();
    assert.equal(await createClient().reach(url, noAbort()), false);
    const silent = await RawServer.start((socket) => socket.end());
    assert.equal(await createClient().reach(silent.url, noAbort()), false);
    await silent.close();
    assert.equal(await createClient().reach('no URL', noAbort()), false);
    assert.equal(await createClient().reach('ftp://example.com', noAbort()), false);
  });

  it('keeps nobody waiting once it is no longer wanted', async () => {
    const silent = await RawServer.start(() => {});
    const wish = new AbortController();
    const reached = createClient().reach(silent.url, wish.signal);
    wish.abort();
    assert.equal(await reached, false);
    await silent.close();
  });
});
