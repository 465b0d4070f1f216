import assert from 'node:assert/strict';
import senioConfig = require('../../../src/nodes/senio-config');
import senioPublish = require('../../../src/nodes/senio-publish');
import { RecordingServer, type Answerer } from '../../support/recording-server';
import { KEY, onTab, runFlow, useHelper } from './support';

const AT_ONCE = 16;
const READINGS = 24;

/** The time limit of a request. */
const LIMIT_MS = 6000;
/** More than half of it: who waits for another's connection is too late. Far less than all, for busy machines. */
const NEEDED_MS = 3500;

describe('senio-config, with 16 requests at once', () => {
  useHelper();

  it('posts each of 24 readings once to a server that needs longer than half the time limit', async () => {
    let underWay = 0;
    let most = 0;
    const slow: Answerer = (_request, response) => {
      underWay += 1;
      most = Math.max(most, underWay);
      setTimeout(() => {
        underWay -= 1;
        response.writeHead(201, { 'Content-Type': 'application/json' });
        response.end('{"timestamp":1,"data":{}}');
      }, NEEDED_MS);
    };
    const server = await RecordingServer.start(slow);
    const config = { id: 'sensor', type: 'senio-config', server: 'custom', url: server.url, sensor: 'rpi' };
    const flow = await runFlow(
      [senioConfig, senioPublish],
      [{ ...config, concurrent: AT_ONCE }, onTab({ id: 'publish', type: 'senio-publish', config: 'sensor' })],
      { sensor: { key: KEY } },
      { httpRequestTimeout: LIMIT_MS },
    );
    for (let number = 1; number <= READINGS; number += 1) flow.send('publish', { payload: { temp: number } });
    await flow.next('results', READINGS - 1);
    const posted = server.requests.map(({ body }) => String(/"temp":(\d+)/.exec(body.toString())?.[1]));
    await server.close();
    assert.deepEqual(
      posted.map(Number).toSorted((one, other) => one - other),
      Array.from({ length: READINGS }, (_, index) => index + 1),
    );
    assert.equal(most, AT_ONCE);
  });
});
