import type { Library } from './control-flow-v1.js';
import { Arguments, extract, freeName, isInput, key, passing } from './extract.js';
import type { GraphFunction, GraphNode, NodeOutput } from './graph-model.js';
import { inOrder } from './in-order.js';
import { unstructured } from './loops-v1.js';

/** A condition under which a value is there: by the predicate's key, the side, and how many it is inside of. */
type Guards = ReadonlyMap<string, { readonly side: number; readonly depth: number }>;
const none: Guards = new Map();

/** Merges of one predicate that do not depend on one another: the outputs of one If. */
interface Meeting {
  readonly predicate: NodeOutput;
  readonly merges: GraphNode[];
  /** Per merge, which input comes from which side: [of false, of true]. */
  readonly sides: (readonly [NodeOutput, NodeOutput])[];
}

/**
 * The graph with its conditions as If nodes in place of the merges where their branches meet. Conditions in branches
 * are in the functions, which come here in their turn.
 */
export function conditionsOf(graph: GraphFunction, add: Library): GraphFunction {
  const order = inOrder(graph);
  const meetings = meetingsOf(graph, order);
  if (meetings.length === 0) return checked(graph);
  const nodes = new Map(graph.nodes);
  for (const meeting of meetings) rewriteMeeting(graph, meeting, nodes, add);
  return checked({ ...graph, nodes });
}

/** No Switch is left that an output needs. */
function checked(graph: GraphFunction): GraphFunction {
  const left = inOrder(graph).find(({ op }) => op === 'Switch' || op === 'Merge');
  if (left) throw unstructured(left, 'its value is there on one side of a condition only, and an output needs it');
  return graph;
}

function meetingsOf({ nodes }: GraphFunction, order: readonly GraphNode[]): Meeting[] {
  const guards = new Map<string, Guards>();
  const levels = new Map<string, number>();
  const meetings = new Map<string, Meeting>();
  const guardsAt = ({ node, index }: NodeOutput): Guards => {
    const found = guards.get(node) ?? none;
    const source = nodes.get(node)!;
    if (source.op !== 'Switch') return found;
    const predicate = key(resolved(nodes, source.inputs[1]));
    const depth = guards.get(source.inputs[1].node)?.size ?? 0;
    return new Map([...found, [predicate, { side: index, depth }]]);
  };
  for (const node of order) {
    const below = Math.max(0, ...node.inputs.map((input) => levels.get(input.node) ?? 0));
    const given = node.inputs.map(guardsAt);
    if (node.op !== 'Merge') {
      levels.set(node.name, below);
      guards.set(node.name, new Map(given.flatMap((each) => [...each])));
      continue;
    }
    const predicate = parted(node, given);
    const side = given[0].get(predicate)?.side ?? 1 - given[1].get(predicate)!.side;
    const [a, b] = node.inputs;
    const switched = order.find(({ op, inputs }) => op === 'Switch' && key(resolved(nodes, inputs[1])) === predicate)!;
    const group = `${predicate} ${below}`;
    const meeting = meetings.get(group) ?? { predicate: resolved(nodes, switched.inputs[1]), merges: [], sides: [] };
    meeting.merges.push(node);
    meeting.sides.push(side === 0 ? [a, b] : [b, a]);
    meetings.set(group, meeting);
    levels.set(node.name, below + 1);
    guards.set(node.name, new Map(given.flatMap((each) => [...each]).filter(([other]) => other !== predicate)));
  }
  return [...meetings.values()];
}

/** The predicate whose sides meet in a merge: of those of one input that the other has not so, the innermost. */
function parted(merge: GraphNode, given: readonly Guards[]): string {
  if (given.length !== 2) throw unstructured(merge, `${given.length} branches meet in it`);
  const [a, b] = given;
  const differing = [...a, ...b].filter(([predicate]) => a.get(predicate)?.side !== b.get(predicate)?.side);
  const [first] = differing.sort(([, one], [, other]) => other.depth - one.depth);
  if (!first) throw unstructured(merge, 'what meets in it comes from no two sides of a Switch');
  return first[0];
}

/** A value behind the identities that pass it on. */
function resolved(nodes: ReadonlyMap<string, GraphNode>, value: NodeOutput): NodeOutput {
  const source = nodes.get(value.node);
  return source?.op === 'Identity' ? resolved(nodes, source.inputs[0]) : value;
}

function rewriteMeeting(
  graph: GraphFunction,
  { predicate, merges, sides }: Meeting,
  nodes: Map<string, GraphNode>,
  add: Library,
): void {
  const switches = [...graph.nodes.values()].filter(
    ({ op, inputs }) => op === 'Switch' && key(resolved(graph.nodes, inputs[1])) === key(predicate),
  );
  const name = freeName(nodes, `${merges[0].name}/If`);
  const args = new Arguments();
  const branch = (side: 0 | 1) =>
    extract(
      graph,
      sides.map((each) => each[side]),
      (value) => {
        const found = value.index === side ? switches.find((each) => each.name === value.node) : undefined;
        return found ? args.placeOf(found.inputs[0]) : isInput(graph, value) ? args.placeOf(value) : undefined;
      },
      () => args.values.length,
    );
  // Both sides are walked once before, so that both functions take all arguments.
  branch(0);
  branch(1);
  const functions = { no: add(`${name}/else`, branch(0)), yes: add(`${name}/then`, branch(1)) };
  nodes.set(name, {
    name,
    op: 'If',
    inputs: [predicate, ...args.values],
    attributes: { then_branch: { func: { name: functions.yes } }, else_branch: { func: { name: functions.no } } },
  });
  for (const [i, merge] of merges.entries()) nodes.set(merge.name, passing(merge.name, { node: name, index: i }));
}
