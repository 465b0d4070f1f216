import assert from 'node:assert/strict';
import databoomConfig = require('../../../src/nodes/databoom-config');
import databoomPublish = require('../../../src/nodes/databoom-publish');
import { answerWith, RecordingServer } from '../../support/recording-server';
import { createSlowContext, type SlowContext } from './slow-context';
import { onTab, runFlow, TOKEN, useHelper } from './support';

const PUBLISH = onTab({
  id: 'publish',
  type: 'databoom-publish',
  config: 'account',
  device: 'device',
  deviceType: 'flow',
});

describe('databoom-publish with a context store that answers later', () => {
  useHelper();

  let server: RecordingServer;
  let context: SlowContext;
  beforeEach(async () => {
    context = createSlowContext();
    server = await RecordingServer.start(answerWith(200));
  });
  afterEach(async () => {
    context.restore();
    await server.close();
  });

  it('keeps its messages in the order of their arrival, each with the time at which it came', async () => {
    const flow = await runFlow(
      [context.module, databoomConfig, databoomPublish],
      [{ id: 'account', type: 'databoom-config', server: 'custom', url: server.url }, PUBLISH],
      { account: { token: TOKEN } },
    );
    const marks = ['first', 'second', 'without a device', 'fourth'];
    for (const mark of marks) flow.send('publish', { mark, payload: { temp: 1 } });
    await flow.until('four questions', () => context.answers.length === marks.length);
    const asked = Date.now();
    for (const place of [3, 1, 2, 0]) context.answers[place]?.(place === 2 ? undefined : 'd');
    await flow.next('results', 2);
    assert.deepEqual(
      [flow.completed, flow.caught].map((list) => list.map(({ mark }) => mark)),
      [['first', 'second', 'fourth'], ['without a device']],
    );
    const dates = server.posts.flatMap(({ body }) =>
      [...body.toString().matchAll(/"date":"([^"]+)\+0000"/g)].map(([, date]) => Date.parse(`${date}Z`)),
    );
    assert(dates.length > 0 && dates.every((date) => date <= asked));
  });
});
