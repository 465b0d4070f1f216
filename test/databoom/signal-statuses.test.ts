import assert from 'node:assert/strict';
import { listSignalStatuses } from '../../src/databoom';
import { createHttpClient } from '../../src/http';
import { answerWith, RecordingServer } from '../support/recording-server';
import { valueOf } from '../support/results';

const page = (signal: string, next: number | null) =>
  JSON.stringify({
    data: [{ device_token: 'd', signal_token: signal, status: 'ACTIVE' }],
    pages: { next },
  });

describe('databoom: the list of signals', () => {
  it('ends where the server gives the same page again', async () => {
    const server = await RecordingServer.start(answerWith(200, page('temp', 2)));
    const http = createHttpClient({ baseTimeoutMs: 600_000, now: Date.now });
    const account = { server: server.url, token: 'oauth-of-an-account' };
    const signals = valueOf(
      await listSignalStatuses(account, http, new AbortController().signal, () => Promise.resolve()),
    );
    http.close();
    await server.close();
    assert.deepEqual([...new Set(signals.map(({ signal }) => signal))], ['temp']);
    assert.equal(server.requests.length, 2);
  });
});
