import type { Node, NodeAPI, NodeDef } from 'node-red';

/** A node that keeps a message's payload as "unit" in its flow's and in the global context. */
export function remember(RED: NodeAPI): void {
  function Remember(this: Node, def: NodeDef): void {
    RED.nodes.createNode(this, def);
    this.on('input', (msg, _send, done) => {
      this.context().flow.set('unit', msg.payload);
      this.context().global.set('unit', msg.payload);
      done();
    });
  }
  RED.nodes.registerType('remember', Remember);
}
