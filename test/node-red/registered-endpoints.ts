/** What Node-RED's HTTP servers have of this package, as a node of a test finds it there. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createUserDir, startNodeRed, type NodeRed, type Version } from './support';

/** An endpoint of the editor as Node-RED has it; what is no endpoint, but answers all the same, has the method `USE`. */
export interface Registered {
  readonly method: string;
  readonly path: string;
}

/** A node of another package, which lists what is registered and has our name. */
const LISTING = `module.exports = (RED) => {
  RED.httpAdmin.get('/test/endpoints', (request, response) => {
    const all = RED.httpAdmin._router.stack.flatMap(({ route, regexp }) => route
      ? Object.keys(route.methods).map((method) => ({ method: method.toUpperCase(), path: route.path }))
      : [{ method: 'USE', path: String(regexp) }]);
    response.json(all.filter(({ path }) => path.includes('sensorpost')));
  });
};`;

/** Starts a Node-RED with the package, and asks what it has registered with the editor's HTTP server. */
export async function startListing(
  version: Version,
  settings: string,
): Promise<{ readonly nodeRed: NodeRed; readonly endpoints: readonly Registered[] }> {
  const userDir = await createUserDir();
  const nodes = join(userDir, 'nodes');
  await mkdir(nodes);
  await writeFile(join(nodes, 'listing.js'), LISTING);
  await writeFile(join(nodes, 'listing.html'), '<script></script>');
  const nodeRed = await startNodeRed(version, { userDir, settings });
  const endpoints: readonly Registered[] = await (await fetch(`${nodeRed.url}/test/endpoints`)).json();
  return { nodeRed, endpoints };
}
