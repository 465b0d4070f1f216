import assert from 'node:assert/strict';
import { answerWith, RecordingServer } from '../support/recording-server';
import { failureOf, messageOf, valueOf } from '../support/results';
import { assertNoSecret, closeClients, createClient, KEY, noAbort } from './support';

describe('http: get', () => {
  let server: RecordingServer;

  afterEach(async () => {
    closeClients();
    await server.close();
  });

  it('asks with the key and no body, and gives the whole answer', async () => {
    server = await RecordingServer.start(answerWith(200, '{"name":"rpi"}'));
    const answer = valueOf(
      await createClient().get({ url: `${server.url}/a?page=1`, bearer: KEY }, noAbort()),
    );
    assert.deepEqual([answer.statusCode, answer.text], [200, '{"name":"rpi"}']);
    const { method, path, headers, body } = server.request;
    assert.equal(`${method} ${path}`, 'GET /a?page=1');
    assert.equal(headers.authorization, `Bearer ${KEY}`);
    assert.deepEqual(
      [headers['content-length'], headers['content-type'], headers['transfer-encoding'], body.length],
      [undefined, undefined, undefined, 0],
    );
  });

  it('classifies an answer as post does, with the key redacted', async () => {
    server = await RecordingServer.start(answerWith(404, `no ${KEY} here`, { 'Content-Type': 'text/plain' }));
    const result = await createClient().get({ url: server.url, bearer: KEY }, noAbort());
    assert.equal(failureOf(result).kind, 'missing');
    assert.match(messageOf(result), /answered 404 Not Found: no \*\*\* here/);
    assertNoSecret(result);
  });

  it('follows no redirect', async () => {
    server = await RecordingServer.start(answerWith(301, '', { Location: 'https://elsewhere.example/' }));
    const result = await createClient().get({ url: server.url, bearer: KEY }, noAbort());
    assert.match(messageOf(result), /redirects to https:\/\/elsewhere\.example\//);
    assert.equal(server.requests.length, 1);
  });
});
