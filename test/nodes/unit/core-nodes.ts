/** Stand-ins for Node-RED's own config nodes, which hold what theirs hold. */
import type { Node, NodeAPI, NodeDef } from 'node-red';

export const PROXY = 'the-proxy';
export const TLS = 'the-tls';

/** Registers "http proxy". */
export function proxyModule(RED: NodeAPI): void {
  RED.nodes.registerType(
    'http proxy',
    function (this: Node, def: NodeDef & { readonly url?: string; readonly noproxy?: readonly string[] }) {
      RED.nodes.createNode(this, def);
      Object.assign(this, { url: def.url, noproxy: def.noproxy });
    },
    { credentials: { username: { type: 'text' }, password: { type: 'password' } } },
  );
}

interface TlsDef extends NodeDef {
  readonly ca?: string;
  readonly verifyservercert?: boolean;
}

/** Registers "tls-config", whose certificate authority is `ca`. */
export function tlsModule(RED: NodeAPI): void {
  RED.nodes.registerType('tls-config', function (this: Node, def: TlsDef) {
    RED.nodes.createNode(this, def);
    const { ca, verifyservercert = true } = def;
    Object.assign(this, {
      addTLSOptions: (options: object) =>
        Object.assign(options, { ca, rejectUnauthorized: verifyservercert }),
    });
  });
}
