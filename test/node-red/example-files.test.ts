/** What can be said of an example without running it. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as settings from '../../src/nodes/contract';
import { EXAMPLES, readExample, ROOT, type FlowNode } from './support';

const SHAPES: Readonly<Record<string, object>> = {
  'senio-config': settings.SENIO_CONFIG,
  'senio-publish': settings.SENIO_PUBLISH,
  'databoom-config': settings.DATABOOM_CONFIG,
  'databoom-publish': settings.DATABOOM_PUBLISH,
  'databoom-in': settings.DATABOOM_IN,
  'dht22-in': settings.DHT22_IN,
  'picamera-in': settings.PICAMERA_IN,
  'station-in': settings.STATION_IN,
};

/** What Node-RED itself stores in a node: of any node, and of one on a tab. */
const OF_EVERY_NODE = ['id', 'type'];
const ON_A_TAB = [...OF_EVERY_NODE, 'z', 'x', 'y', 'wires'];

/** A node that has a place. */
interface PlacedNode extends FlowNode {
  readonly x: number;
  readonly y: number;
  readonly z: string;
  readonly wires: readonly (readonly string[])[];
}

describe('the example files', () => {
  let examples: ReadonlyMap<string, readonly FlowNode[]>;
  before(async () => {
    examples = new Map(
      await Promise.all(EXAMPLES.map(async (name) => [name, await readExample(name)] as const)),
    );
  });

  it('have ids that do not meet when all of them are imported', () => {
    const ids = [...examples.values()].flat().map(({ id }) => id);
    assert.equal(new Set(ids).size, ids.length);
    for (const id of ids) assert.match(id, /^[0-9a-f]{16}$/);
  });

  it('have their names in the README', () => {
    const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
    for (const name of EXAMPLES) assert(readme.includes(`| ${name} `), name);
  });

  for (const example of EXAMPLES) {
    describe(`"${example}"`, () => {
      let flows: readonly FlowNode[];
      let nodes: readonly PlacedNode[];
      before(() => {
        flows = examples.get(example) ?? [];
        nodes = flows.filter(isPlaced);
      });

      it('contains one tab of its name, with a comment that says what it does and what to change', () => {
        const tabs = flows.filter(({ type }) => type === 'tab');
        assert.deepEqual(
          tabs.map((tab) => tab['label']),
          [example],
        );
        assert(nodes.every(({ z }) => z === tabs[0]?.id));
        const comments = nodes.filter(({ type }) => type === 'comment').map((node) => String(node['info']));
        assert(comments.some((text) => text.includes('**For the real thing**')));
      });

      it('uses only nodes of this package and of Node-RED', () => {
        const known = new Set([...Object.keys(SHAPES), 'tab', ...coreTypes('node_modules')]);
        const oldest = coreTypes('node_modules/node-red-4/node_modules');
        for (const { type } of flows) assert(known.has(type), type);
        for (const { type } of flows) assert(type in SHAPES || type === 'tab' || oldest.includes(type), type);
      });

      it('stores every setting as the editor writes it, and no credentials', () => {
        for (const node of flows) {
          assert(!('credentials' in node), node.id);
          const shape = SHAPES[node.type];
          if (!shape) continue;
          const frame = isPlaced(node) ? ON_A_TAB : OF_EVERY_NODE;
          const stored = Object.keys(node).filter((key) => !frame.includes(key));
          assert.deepEqual(stored, Object.keys(shape), `${node.type} ${node.id}`);
          for (const [key, value] of Object.entries(shape))
            assert.equal(typeof node[key], typeof value, `${node.type} ${node.id} ${key}`);
        }
      });

      it('needs no hardware and no account', () => {
        for (const node of flows) {
          assert(!('server' in node) || node['server'] === 'here', node.id);
          assert(node.type !== 'dht22-in' || node['source'] === 'demo', node.id);
          assert(node.type !== 'picamera-in' || node['program'] === 'test-picture', node.id);
          assert(node.type !== 'mqtt in' || node['d'] === true, node.id);
        }
      });

      it('refers only to nodes that it contains', () => {
        const ids = new Set(flows.map(({ id }) => id));
        for (const node of nodes) {
          const { wires } = node;
          if ('outputs' in node) assert.equal(wires.length, node['outputs'], node.id);
          for (const target of wires.flat()) assert(ids.has(target), `${node.id} is wired to ${target}`);
          const scope: unknown = node['scope'];
          if (Array.isArray(scope)) for (const watched of scope) assert(ids.has(String(watched)), node.id);
        }
        for (const node of flows) {
          const config = node.type === 'mqtt in' ? node['broker'] : node['config'];
          assert(config === undefined || (typeof config === 'string' && ids.has(config)), node.id);
        }
      });

      it('lies on the grid, from left to right, with nothing on top of another', () => {
        for (const { id, x, y } of nodes) assert.deepEqual([x % 10, y % 20], [0, 0], id);
        const byId = new Map(nodes.map((node) => [node.id, node]));
        for (const node of nodes) {
          for (const target of node.wires.flat().map((id) => byId.get(id)))
            // A long row goes on in the next one.
            assert(target && (target.x > node.x || target.y > node.y), `${node.id} to ${target?.id}`);
          for (const other of nodes)
            assert(node === other || !overlap(node, other), `${node.id} and ${other.id}`);
        }
      });
    });
  }
});

function isPlaced(node: FlowNode): node is PlacedNode {
  return typeof node['x'] === 'number' && typeof node['y'] === 'number' && Array.isArray(node['wires']);
}

/** The types of the nodes that come with a Node-RED. */
function coreTypes(modules: string): readonly string[] {
  const folder = join(ROOT, modules, '@node-red/nodes/core');
  const pages = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
    /^\w+\/[^/]+\.html$/.test(file),
  );
  return pages.flatMap((file) => {
    const registered = readFileSync(join(folder, file), 'utf8').matchAll(/registerType\(['"]([^'"]+)['"]/g);
    return [...registered].map(([, type = '']) => type);
  });
}

const NODE_HEIGHT = 30;
// A status is shown below a node.
const ROW_HEIGHT = NODE_HEIGHT + 20;

/** Whether two nodes touch, as wide as the editor draws them at most. */
function overlap(one: PlacedNode, other: PlacedNode): boolean {
  const apart = (widthOf(one) + widthOf(other)) / 2;
  return Math.abs(one.x - other.x) < apart && Math.abs(one.y - other.y) < ROW_HEIGHT;
}

/** The least multiple of 20 that an icon and the name have room in: the editor's own rule, for an ordinary font. */
function widthOf(node: PlacedNode): number {
  const labels = [node['name'], node['topic'], node.type].filter((text) => typeof text === 'string');
  const length = labels.find((text) => text !== '')?.length ?? 0;
  return Math.max(100, 20 * Math.ceil((length * 7 + 50) / 20));
}
