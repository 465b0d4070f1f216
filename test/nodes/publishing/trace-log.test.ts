import assert from 'node:assert/strict';
import { channel } from 'node:diagnostics_channel';
import { EventEmitter } from 'node:events';
import { TRACE_CHANNEL, type TraceMessage } from '../../../src/delivery';
import { logTraces } from '../../../src/nodes/publishing/trace-log';
import { runFlow, useHelper } from '../unit/support';

const QUEUE = 'senio https://example.com/publish/rpi';
const UNTIL = Date.UTC(2026, 4, 1, 12);
const DEBUG = { level: 'debug', metrics: false, audit: false } as const;

describe('the log of each reading’s way', () => {
  useHelper();

  const lines: readonly (readonly [TraceMessage, string])[] = [
    [{ step: 'sent', queue: QUEUE, ids: [12] }, `${QUEUE}: 12 sent`],
    [{ step: 'answered', queue: QUEUE, ids: [12], statusCode: 201 }, `${QUEUE}: 12 answered 201`],
    [
      { step: 'answered', queue: QUEUE, ids: [1, 2], statusCode: 503, problem: 'unavailable' },
      `${QUEUE}: 1, 2 answered 503: unavailable`,
    ],
    [
      { step: 'deferred', queue: QUEUE, ids: [12], problem: 'offline', until: UNTIL },
      `${QUEUE}: 12 deferred until 2026-05-01T12:00:00.000Z: offline`,
    ],
    [
      { step: 'accepted', queue: QUEUE, ids: Array.from({ length: 12 }, (_, index) => index) },
      `${QUEUE}: 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 2 more accepted`,
    ],
  ];

  it('has a line for each step, with what there is to say and no more', async () => {
    const logged: string[] = [];
    await runFlow(
      [
        (RED) => {
          const log = { ...RED.log, debug: (line: string) => logged.push(line) };
          const settings = { ...RED.settings, logging: { console: DEBUG } };
          logTraces({ ...RED, events: new EventEmitter(), log, settings });
        },
      ],
      [],
    );
    for (const [message] of lines) channel(TRACE_CHANNEL).publish(message);
    assert.deepEqual(
      logged,
      lines.map(([, line]) => `[sensorpost] ${line}`),
    );
  });
});
