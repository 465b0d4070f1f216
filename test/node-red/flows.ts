/** Flows for tests, built from small pieces. */
import type { FlowNode } from './support';

const TAB = 'tab0000000000001';
// Node-RED takes a node without coordinates for a config node.
const PLACE = { z: TAB, x: 100, y: 100 };

/** One case of a flow: an inject node's button, a function node that makes the message, and the node under test. */
export interface Case {
  readonly id: string;
  /** JavaScript of a function node that sets up `msg`. */
  readonly code: string;
  /** The id of the node that gets the message. */
  readonly target: string;
}

/** A tab with the nodes under test, a debug node "result" behind each, a Catch node with a debug node "caught". */
export function flowOf(
  underTest: readonly FlowNode[],
  configs: readonly FlowNode[],
  cases: readonly Case[],
): FlowNode[] {
  return [
    { id: TAB, type: 'tab', label: 'test' },
    ...configs,
    ...underTest.map((node) => ({ ...node, ...PLACE, wires: [['result']] })),
    { id: 'catch-all', type: 'catch', ...PLACE, scope: null, wires: [['slim']] },
    functionNode(
      'slim',
      '// A debug node would take long to show what is huge on purpose.\ndelete msg.payload;',
      'caught',
    ),
    debugNode('result'),
    debugNode('caught'),
    ...cases.flatMap(({ id, code, target }) => [
      { id, type: 'inject', ...PLACE, props: [], repeat: '', once: false, wires: [[`${id}-make`]] },
      functionNode(`${id}-make`, code, target),
    ]),
  ];
}

function functionNode(id: string, code: string, target: string): FlowNode {
  return {
    id,
    type: 'function',
    ...PLACE,
    func: `${code}\nreturn msg;`,
    outputs: 1,
    libs: [],
    wires: [[target]],
  };
}

function debugNode(name: string): FlowNode {
  return {
    id: name,
    type: 'debug',
    ...PLACE,
    name,
    active: true,
    tosidebar: true,
    complete: 'true',
    targetType: 'full',
    wires: [],
  };
}
