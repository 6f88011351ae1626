import { Graph, type Value } from '../graph.js';
import { range } from '../layout.js';
import { filled } from './creation.js';
import type { OpConverter, OpScope } from './op-scope.js';

/** Over no axes nothing is reduced; ONNX means all by an empty list. */
function reduce(op: OpScope, onnx: string, x: Value): Value {
  const axes = op.numbers('axis').map((axis) => op.axis(axis, x.shape.length));
  const keepdims = op.boolean('keepDims') ? 1 : 0;
  if (axes.length === 0) return x;
  return onnx === 'ReduceSum'
    ? op.emit(onnx, [x, op.ints('axes', axes)], { keepdims })
    : op.emit(onnx, [x], { axes, keepdims });
}

/** Truths count as 0 and 1. */
const counted = (op: OpScope, x: Value): Value => (x.type === 'bool' ? op.cast(x, 'int32') : x);

const reduction =
  (onnx: string): OpConverter =>
  (op) =>
    reduce(op, onnx, counted(op, op.tensor('x')));

/** Of whole numbers too a fraction, as tfjs has it. Deviation: TensorFlow cuts that to a whole number. */
const convertMean: OpConverter = (op) => reduce(op, 'ReduceMean', op.cast(op.tensor('x'), 'float32'));

/** All: the least of 0 and 1; Any: the largest. */
const ofTruths =
  (onnx: string): OpConverter =>
  (op) =>
    op.cast(reduce(op, onnx, op.cast(op.cast(op.tensor('x'), 'bool'), 'int32')), 'bool');

/** The first position of the extreme along one axis, as int32. */
const position =
  (onnx: string): OpConverter =>
  (op) => {
    const x = counted(op, op.tensor('x'));
    const axis = op.axis(op.number('axis'), x.shape.length);
    return op.cast(op.emit(onnx, [x], { axis, keepdims: 0 }), 'int32');
  };

const flags = (op: OpScope) => ({ exclusive: op.boolean('exclusive'), reverse: op.boolean('reverse') });

/** Σ along an axis that may be computed. */
const convertCumsum: OpConverter = (op) => {
  const { exclusive, reverse } = flags(op);
  const axis = op.tensor('axis');
  const scalar = axis.shape.length === 0 ? axis : op.emit('Reshape', [axis, op.ints('scalar', [])]);
  const attributes = { exclusive: exclusive ? 1 : 0, reverse: reverse ? 1 : 0 };
  return op.emit('CumSum', [counted(op, op.tensor('x')), scalar], attributes);
};

/**
 * Π along an axis: ONNX has no operator for it. A Scan carries the product so far from slice to slice:
 *
 *   product ← ones (…shape without axis);   for each slice: next = product · slice;  out: next, or product (exclusive)
 */
const convertCumprod: OpConverter = (op) => {
  const { exclusive, reverse } = flags(op);
  const x = counted(op, op.tensor('x'));
  const axis = op.axis(op.number('axis'), x.shape.length);
  const others = range(0, x.shape.length).filter((other) => other !== axis);
  const shape = others.map((other) => x.shape[other]);

  const body = new Graph(op.graph);
  const product = body.input(`${op.name}/product`, x.type, shape);
  const slice = body.input(`${op.name}/slice`, x.type, shape);
  const next = body.add('Mul', `${op.name}/next`, [product, slice], shape);
  body.outputs = [next, exclusive ? product : next];

  const sizes = op.emit('Gather', [op.emit('Shape', [x]), op.ints('others', others)]);
  const ones = filled(op, sizes, x.type, 1);
  const direction = [reverse ? 1 : 0];
  const [, products] = op.addWithOutputs('Scan', [ones, x], [shape, x.shape], {
    body: { graph: body },
    num_scan_inputs: 1,
    scan_input_axes: [axis],
    scan_input_directions: direction,
    scan_output_axes: [axis],
    scan_output_directions: direction,
  });
  return products;
};

export const reductionConverters = {
  All: ofTruths('ReduceMin'),
  Any: ofTruths('ReduceMax'),
  ArgMax: position('ArgMax'),
  ArgMin: position('ArgMin'),
  Cumprod: convertCumprod,
  Cumsum: convertCumsum,
  Max: reduction('ReduceMax'),
  Mean: convertMean,
  Min: reduction('ReduceMin'),
  Prod: reduction('ReduceProd'),
  Sum: reduction('ReduceSum'),
} satisfies Record<string, OpConverter>;
