import assert from 'node:assert/strict';
import type { Node, NodeAPI, NodeDef } from 'node-red';
import { openTypedInput, type ReadInput } from '../../../src/nodes/runtime';
import { createSlowContext } from './slow-context';
import { onTab, runFlow, useHelper } from './support';

describe('a typed input', () => {
  useHelper();

  it('fails when its context store does not answer in time', async () => {
    const readings: ReadInput[] = [];
    const silent = createSlowContext();
    function reading(RED: NodeAPI): void {
      RED.nodes.registerType('reading', function (this: Node, def: NodeDef) {
        RED.nodes.createNode(this, def);
        const input = openTypedInput(RED, this, { type: 'flow', value: 'device' }, 'device token', 1);
        if (input?.ok) readings.push(input.value);
      });
    }
    await runFlow([silent.module, reading], [onTab({ id: 'reading', type: 'reading' })]);
    const found = await readings[0]?.({ _msgid: '' });
    silent.restore();
    assert.deepEqual(found, {
      ok: false,
      failure: {
        kind: 'invalid',
        message:
          'flow.device, from which the device token is taken, cannot be read: its context store has not answered within 0.001 seconds',
      },
    });
  });
});
