import { type Dimension, Graph, type Value } from '../graph.js';
import { alignedRank, isUnranked } from './lists.js';
import type { OpConverter, OpScope } from './op-scope.js';
import { addHolder, knownTruth, truth } from './subgraphs.js';
import { convertWhile } from './while.js';

/** If → If (ai.onnx 16): the branches are graphs that read the values around them. One known beforehand is all there is. */
const convertIf: OpConverter = (op) => {
  const condition = truth(op, op.tensor('cond'));
  const branches = ['then', 'else'] as const;
  const call = (branch: (typeof branches)[number], graph: Graph) =>
    op.lender.callFunction(op.functionName(`${branch}Branch`), graph, op.tensors('args'), `${op.name}/${branch}`);
  const known = knownTruth(condition);
  if (known !== undefined) return call(known ? 'then' : 'else', op.graph);

  const [yes, no] = branches.map((branch) => {
    const graph = new Graph(op.graph);
    graph.outputs = call(branch, graph);
    return graph;
  });
  if (yes.outputs.length !== no.outputs.length)
    throw new SyntaxError(
      `${op.subject}: its branches give ${yes.outputs.length} and ${no.outputs.length} values: they must give as many`,
    );
  if (yes.outputs.length === 0) return [];
  const outputs = yes.outputs.map((value, i) => merged(op, value, no.outputs[i], i));
  yes.outputs = yes.outputs.map((value, i) => alignedRank(op, value, no.outputs[i]));
  no.outputs = no.outputs.map((value, i) => alignedRank(op, value, yes.outputs[i]));
  return addHolder(op, 'If', [condition], outputs, { then_branch: { graph: yes }, else_branch: { graph: no } });
};

/** What is known of a value that is one or the other. */
function merged(op: OpScope, a: Value, b: Value, i: number): Pick<Value, 'type' | 'shape'> {
  if (a.type !== b.type)
    throw op.refusal(`output ${i} of type ${a.type} in one branch and ${b.type} in the other`, 'one type');
  if (isUnranked(a)) return { type: b.type, shape: opened(op, alignedRank(op, a, b), b) };
  if (isUnranked(b)) return { type: a.type, shape: opened(op, a, alignedRank(op, b, a)) };
  if (a.shape.length !== b.shape.length)
    throw op.refusal(
      `output ${i} of shape [${a.shape}] in one branch and [${b.shape}] in the other`,
      'one number of axes, by which the ONNX operators after it are chosen',
    );
  return { type: a.type, shape: opened(op, a, b) };
}

const opened = (op: OpScope, a: Value, b: Value): Dimension[] =>
  a.shape.map((size, axis) => (size === b.shape[axis] ? size : op.unknownSize(`size${axis}`)));

/** Rewritten as If and While before conversion (parse/control-flow-v1.ts): what comes here is part of neither. */
const outsideOfStructure: OpConverter = (op) => {
  throw op.refusal('control flow outside of a loop or condition', 'what while_loop and cond make, as Loop and If');
};

export const controlConverters = {
  Enter: outsideOfStructure,
  Exit: outsideOfStructure,
  If: convertIf,
  LoopCond: outsideOfStructure,
  Merge: outsideOfStructure,
  NextIteration: outsideOfStructure,
  StatelessIf: convertIf,
  StatelessWhile: convertWhile,
  Switch: outsideOfStructure,
  While: convertWhile,
} satisfies Record<string, OpConverter>;
