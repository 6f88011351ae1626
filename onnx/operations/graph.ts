import { tensorOf } from '../element-types.js';
import type { OpConverter } from './op-scope.js';

/** A weight of the model. */
const convertConst: OpConverter = (op) => op.lender.weight(op.node);

/** What passes its input on: Identity, Snapshot, StopGradient, Print. */
const convertIdentity: OpConverter = (op) => op.tensor('x');

/** As many values out as in. */
const convertIdentityN: OpConverter = (op) => op.tensors('x');

/** Shape → Shape (ai.onnx 15), as int32. */
const convertShape: OpConverter = (op) => op.cast(op.emit('Shape', [op.tensor('x')]), 'int32');

const convertShapeN: OpConverter = (op) => op.tensors('x').map((x) => op.cast(op.emit('Shape', [x]), 'int32'));

/** How many axes, which is known beforehand. */
const convertRank: OpConverter = (op) =>
  op.graph.constant(op.name, tensorOf('int32', [], [op.tensor('x').shape.length]));

/** Size (ai.onnx 13), as int32. */
const convertSize: OpConverter = (op) => op.cast(op.emit('Size', [op.tensor('x')]), 'int32');

/** tfjs gives a node that does nothing the value 1. */
const convertNoOp: OpConverter = (op) => op.graph.constant(op.name, tensorOf('float32', [], [1]));

/** An input of the graph that its signature leaves out, so that nothing can be fed. */
const refusePlaceholder: OpConverter = (op) => {
  throw new SyntaxError(`${op.subject}: the graph needs this input, its signature does not name it: add it there`);
};

export const graphConverters = {
  Const: convertConst,
  /** The quantisation that training pretended is ignored by tfjs, and so it is here. */
  FakeQuantWithMinMaxVars: convertIdentity,
  Identity: convertIdentity,
  IdentityN: convertIdentityN,
  NoOp: convertNoOp,
  Placeholder: refusePlaceholder,
  /** Where the signature names it, it is an input that must be fed; elsewhere its default. */
  PlaceholderWithDefault: (op) => op.tensor('default'),
  Print: convertIdentity,
  Rank: convertRank,
  Shape: convertShape,
  ShapeN: convertShapeN,
  Size: convertSize,
  Snapshot: convertIdentity,
  StopGradient: convertIdentity,
} satisfies Record<string, OpConverter>;
