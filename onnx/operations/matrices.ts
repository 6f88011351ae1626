import { float, type Value } from '../graph.js';
import { range } from '../layout.js';
import { widerType } from './arithmetic.js';
import { elu, leakyRelu, prelu, relu6 } from './basic-math.js';
import { einsum } from './einsum.js';
import { select } from './logical.js';
import type { OpConverter, OpScope } from './op-scope.js';

/** Both factors of one type, with their rows and columns as they are multiplied. */
function factors(op: OpScope): [Value, Value] {
  const [a, b] = [op.tensor('a'), op.tensor('b')];
  const type = widerType(a.type, b.type);
  return [
    turned(op, op.cast(a, type), op.boolean('transposeA')),
    turned(op, op.cast(b, type), op.boolean('transposeB')),
  ];
}

/** The last two axes exchanged. */
function turned(op: OpScope, x: Value, transposed: boolean): Value {
  if (!transposed) return x;
  const last = x.shape.length - 1;
  return op.emit('Transpose', [x], { perm: [...range(0, last - 1), last, last - 1] });
}

/**
 * Matrices, or stacks of them whose axes before the last two broadcast.
 *
 * Deviation: where both stacks are broadcast tfjs 4.22 gives too few elements; the file gives all.
 */
const convertMatMul: OpConverter = (op) => product(op);

/** a · b + bias; of two matrices by one Gemm. */
function product(op: OpScope, bias?: Value): Value {
  const [a, b] = [op.tensor('a'), op.tensor('b')];
  const matrices = a.shape.length === 2 && b.shape.length === 2 && a.type === 'float32' && b.type === 'float32';
  const [transA, transB] = [op.boolean('transposeA'), op.boolean('transposeB')];
  const fits = !bias || bias.shape.length <= 1;
  if (matrices && fits && (bias || transA || transB)) {
    const weights = b.constant ? turned(op, b, transB) : b;
    const attributes = { ...(transA && { transA: 1 }), ...(transB && !b.constant && { transB: 1 }) };
    return op.emit('Gemm', bias ? [a, weights, bias] : [a, weights], attributes);
  }
  const multiplied = op.emit('MatMul', factors(op));
  return bias ? op.emit('Add', [multiplied, bias]) : multiplied;
}

/** a · b, then what is fused with it: a bias, and an activation by its lower-case name. */
const convertFusedMatMul: OpConverter = (op) => {
  const [first, activation] = op.texts('fusedOps').map((name) => name.toLowerCase());
  const [given, slope] = op.tensors('args');
  if (first !== undefined && first !== 'biasadd') throw op.refusal(`fused operation "${first}"`, 'BiasAdd');
  return activate(op, product(op, first ? given : undefined), activation, slope);
};

/**
 * The activation that is fused with an operation (absent: none). LeakyRelu's slope is 0.2 where the operation has no
 * attribute for it: tfjs's fused depthwise convolution gives NaN there.
 */
export function activate(op: OpScope, x: Value, activation: string | undefined, slope: Value | undefined): Value {
  if (activation === undefined || activation === 'linear') return x;
  if (activation === 'relu') return op.emit('Relu', [x]);
  if (activation === 'relu6') return relu6(op, x);
  if (activation === 'elu') return elu(op, x);
  if (activation === 'sigmoid') return op.emit('Sigmoid', [x]);
  if (activation === 'leakyrelu') return leakyRelu(op, x, op.knownNumbers('leakyreluAlpha')?.[0] ?? 0.2);
  if (activation === '_fusedhardswish') return hardSwish(op, x);
  if (activation === 'prelu' && slope) return prelu(op, x, slope);
  throw op.refusal(`activation "${activation}"`, 'Relu, Relu6, Elu, LeakyRelu, Prelu, Sigmoid');
}

/** x · min(max(x + 3, 0), 6) / 6, which TensorFlow fuses under a name of its own that tfjs does not know. */
const hardSwish = (op: OpScope, x: Value): Value =>
  op.emit('Mul', [x, op.emit('HardSigmoid', [x], { alpha: float(1 / 6), beta: float(0.5) })]);

/** The order of axes is an attribute of ONNX's Transpose: it must be known beforehand. */
const convertTranspose: OpConverter = (op) => {
  const x = op.tensor('x');
  const rank = x.shape.length;
  const perm = op.optionalTensor('perm') ? op.numbers('perm') : range(0, rank).reverse();
  return op.transpose(
    x,
    perm.map((axis) => op.axis(axis, rank)),
  );
};

/**
 * a where row − column ≤ lower and column − row ≤ upper, 0 elsewhere; below zero a bound is none. Bounds may be
 * computed.
 */
const convertMatrixBandPart: OpConverter = (op) => {
  const a = op.tensor('a');
  const sizes = op.emit('Shape', [a]);
  const [rows, columns] = [-2, -1].map((axis) => {
    const at = a.shape.length + axis;
    const size = op.emit('Gather', [sizes, op.like(sizes, 'axis', at)]);
    return op.emit('Range', [op.like(size, 'zero', 0), size, op.like(size, 'one', 1)]);
  });
  const below = op.emit('Sub', [op.emit('Unsqueeze', [rows, op.ints('last', [1])]), columns]); // row − column
  const inside = (distance: Value, name: string) => {
    const bound = op.cast(op.tensor(name), 'int64');
    return op.emit('Or', [
      op.emit('Less', [bound, op.like(bound, 'zero', 0)]),
      op.emit('LessOrEqual', [distance, bound]),
    ]);
  };
  const band = op.emit('And', [inside(below, 'numLower'), inside(op.emit('Neg', [below]), 'numUpper')]);
  return select(op, band, a, op.like(a, 'nothing', 0));
};

export const matricesConverters = {
  BatchMatMul: convertMatMul,
  BatchMatMulV2: convertMatMul,
  Einsum: einsum,
  MatMul: convertMatMul,
  MatrixBandPart: convertMatrixBandPart,
  Transpose: convertTranspose,
  _FusedMatMul: convertFusedMatMul,
} satisfies Record<string, OpConverter>;
