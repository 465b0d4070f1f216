import assert from 'node:assert/strict';
import { checkDataboomAccount } from '../../src/databoom';
import { createHttpClient, type HttpClient } from '../../src/http';
import { describeConnectionFailures } from '../support/connection-failures';
import { answerWith, RecordingServer } from '../support/recording-server';
import { failureOf, messageOf, valueOf } from '../support/results';

const TOKEN = 'b64/token+with==';

describeConnectionFailures('databoom', {
  secret: TOKEN,
  run: (server, http, signal) => checkDataboomAccount({ server, token: TOKEN }, http, signal),
});

describe('databoom: a connection test', () => {
  let http: HttpClient;
  let server: RecordingServer;

  beforeEach(() => {
    http = createHttpClient({ baseTimeoutMs: 600_000, now: () => 0 });
  });
  afterEach(async () => {
    http.close();
    await server.close();
  });

  async function check(statusCode: number, body: string, token = TOKEN) {
    server = await RecordingServer.start(answerWith(statusCode, body));
    const account = { server: `${server.url}/prefix/`, token };
    return checkDataboomAccount(account, http, new AbortController().signal);
  }

  it('lists the signals with the token, which changes nothing', async () => {
    const body = '{"data":[{"device_token":"d","signal_token":"temp","last_recived_value":22}],"pages":{}}';
    assert.equal(valueOf(await check(200, body)), undefined);
    const { method, path, headers } = server.request;
    assert.equal(`${method} ${path}`, 'GET /prefix/v1/signals/?page=1');
    assert.equal(headers.authorization, `Bearer ${TOKEN}`);
  });

  it('accepts an account that has no signals yet', async () => {
    valueOf(await check(200, '{"data":[]}'));
  });

  it('says that a server without a list cannot be tested', async () => {
    assert.match(messageOf(await check(404, '')), /a token cannot be tested there without pushing a value/);
  });

  it('asks for a token, and does not ask the server without', async () => {
    const result = await check(200, '{"data":[]}', '');
    assert.equal(failureOf(result).kind, 'misconfigured');
    assert.equal(server.requests.length, 0);
  });
});
