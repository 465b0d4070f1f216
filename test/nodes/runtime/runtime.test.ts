import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NodeAPI } from 'node-red';
import { runtimeOf } from '../../../src/nodes/runtime/runtime';
import { runFlow, useHelper } from '../unit/support';

describe('the runtime of the nodes of one Node-RED', () => {
  useHelper();
  let folder: string;
  let given: NodeAPI | undefined;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sensorpost-runtime-'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it('opens the outbox for a look only while flows run, and where something was ever published', async () => {
    await runFlow([(RED) => void (given = RED)], []);
    assert(given);
    const events = new EventEmitter();
    const runtime = runtimeOf({ ...given, events, settings: { ...given.settings, userDir: folder } });
    assert.equal(runtime.peekOutbox(), undefined);
    events.emit('flows:started');
    assert.equal(runtime.peekOutbox(), undefined);
    assert.equal(existsSync(join(folder, 'sensorpost')), false);

    const outbox = runtime.acquireOutbox();
    assert.equal(runtime.peekOutbox(), outbox);
    assert((await outbox.destinations()).ok);
    events.emit('flows:stopping');
    assert.equal(runtime.peekOutbox(), undefined);
    await runtime.releaseOutbox();

    events.emit('flows:started');
    const again = runtime.peekOutbox();
    assert(again && again !== outbox);
    assert.equal(runtime.acquireOutbox(), again);
    await runtime.releaseOutbox();
  });
});
