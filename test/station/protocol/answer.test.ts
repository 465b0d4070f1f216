import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { sendAnswer, type Answer } from '../../../src/station/protocol';
import { within } from '../../support/waiting';

describe('A streamed answer', () => {
  it('releases its resources where the client has gone before it is sent', async () => {
    let [isStreamed, isCancelled] = [false, false];
    const answer: Answer = {
      statusCode: 200,
      headers: {},
      stream: async () => {
        isStreamed = true;
      },
      cancel: () => {
        isCancelled = true;
      },
    };
    const server = createServer((request, response) => {
      response.destroy();
      sendAnswer(request, response, answer, 1000);
    }).listen(0, '127.0.0.1');
    await within('the server', once(server, 'listening'));
    const address = server.address();
    assert(typeof address === 'object' && address);
    await assert.rejects(within('the connection to be cut', fetch(`http://127.0.0.1:${address.port}`)));
    server.close();
    assert.deepEqual([isStreamed, isCancelled], [false, true]);
  });
});
