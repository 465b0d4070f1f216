/** The endpoints of the editor as the nodes register them, each with the permission that it asks for. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../node-red/support';

export interface EditorEndpoint {
  /** As in `GET /sensorpost/outbox`. */
  readonly name: string;
  readonly permission: string;
}

/** Registers all node types with a Node-RED that does nothing but take down endpoints. */
export function editorEndpoints(): readonly EditorEndpoint[] {
  const endpoints: EditorEndpoint[] = [];
  const take = (method: string) => (path: string, _check: unknown, permission: string) =>
    void endpoints.push({ name: `${method} ${path}`, permission });
  const RED = recorder({
    httpAdmin: { get: take('GET'), post: take('POST') },
    auth: { needsPermission: (permission: string) => permission },
    settings: {},
    // Of the Outbox sidebar, which is no node.
    plugins: { registerPlugin: (_id: string, { onadd }: { onadd: () => void }) => onadd() },
  });
  const folder = join(ROOT, 'src/nodes');
  for (const file of readdirSync(folder).filter((name) => /^[a-z\d-]+\.ts$/.test(name)))
    // Node types are loaded as Node-RED does it: by what each module exports.
    require(join(folder, file))(RED);
  return endpoints.toSorted((one, other) => (one.name < other.name ? -1 : 1));
}

/** An object with the given members, whose other members do nothing, whatever is asked of them. */
function recorder(members: Readonly<Record<string, unknown>>): unknown {
  const nothing: unknown = new Proxy(() => {}, { get: () => nothing, apply: () => nothing });
  return new Proxy(members, { get: (of, name) => (name in of ? Reflect.get(of, name) : nothing) });
}
