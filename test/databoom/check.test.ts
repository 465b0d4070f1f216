import assert from 'node:assert/strict';
import { checkDataboomAccount } from '../../src/databoom';
import { createHttpClient, type HttpClient } from '../../src/http';
import { describeConnectionFailures } from '../support/connection-failures';
import { answerWith, RecordingServer, type Answerer } from '../support/recording-server';
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

  const check = (statusCode: number, body: string, token = TOKEN) =>
    checkAt(answerWith(statusCode, body), token);

  async function checkAt(answer: Answerer, token = TOKEN) {
    server = await RecordingServer.start(answer);
    const account = { server: `${server.url}/prefix/`, token };
    return checkDataboomAccount(account, http, new AbortController().signal);
  }

  it('lists the signals with the token, which changes nothing', async () => {
    const body = '{"data":[{"device_token":"d","signal_token":"temp","last_recived_value":22}],"pages":{}}';
    assert.deepEqual(valueOf(await check(200, body)), { listing: 'allowed' });
    const { method, path, headers } = server.request;
    assert.equal(`${method} ${path}`, 'GET /prefix/v1/signals/?page=1');
    assert.equal(headers.authorization, `Bearer ${TOKEN}`);
  });

  it('accepts an account that has no signals yet', async () => {
    valueOf(await check(200, '{"data":[]}'));
  });

  const challenges: readonly (readonly [string, string | undefined])[] = [
    ['no challenge', undefined],
    ['a challenge without an error', 'Bearer realm="Users"'],
    ['a missing permission', 'Bearer error="insufficient_scope", scope="read"'],
    ['another word', 'Bearer error_description="no invalid_token", error="invalid_tokens"'],
  ];
  for (const [name, challenge] of challenges)
    for (const status of [401, 403])
      it(`leaves open whether a token may push that may not list, after ${status} with ${name}`, async () => {
        const headers = challenge === undefined ? {} : { 'WWW-Authenticate': challenge };
        const checked = valueOf(
          await checkAt((request, response) => {
            const body = `{"message":"no Read for ${request.headers.authorization}"}`;
            answerWith(status, body, headers)(request, response);
          }),
        );
        assert(checked.listing === 'refused');
        assert.match(
          checked.refusal.message,
          new RegExp(`answered ${status} .*: no Read for Bearer \\*\\*\\*$`),
        );
        assert(!JSON.stringify(checked).includes(TOKEN));
      });

  for (const challenge of [
    'Bearer error="invalid_token"',
    'Basic realm="x", Bearer realm="y",error=invalid_token',
  ])
    it(`takes the token for a wrong one where the server says so: ${challenge}`, async () => {
      const result = await checkAt(answerWith(401, '', { 'WWW-Authenticate': challenge }));
      assert.match(messageOf(result), /401 Unauthorized: the OAuth token is refused, enter it again/);
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
