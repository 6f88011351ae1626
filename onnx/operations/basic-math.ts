import { float, type Value } from '../graph.js';
import { asComplex, isComplex, magnitude } from './complex.js';
import type { OpConverter, OpScope } from './op-scope.js';

/** An operator that has kernels for whole numbers too. */
const unary =
  (onnx: string): OpConverter =>
  (op) =>
    op.emit(onnx, [op.tensor('x')]);

/**
 * A function of fractions. TensorFlow takes no others; tfjs takes whole numbers too and cuts the result to them, and so
 * does the file.
 */
const ofFractions =
  (compute: (op: OpScope, x: Value) => Value): OpConverter =>
  (op) => {
    const x = op.tensor('x');
    if (x.type !== 'float32' && x.type !== 'int32') throw op.refusal(`type ${x.type}`, 'float32, int32');
    return op.cast(compute(op, op.cast(x, 'float32')), x.type);
  };

const fractions = (onnx: string): OpConverter => ofFractions((op, x) => op.emit(onnx, [x]));

/** SELU's constants (Klambauer et al. 2017), as tfjs has them: its alpha is the product of both. */
const seluScale = 1.0507009873554805;
const seluAlpha = 1.7580993408473768 / seluScale;

export const relu6 = (op: OpScope, x: Value): Value =>
  op.emit('Clip', [x, op.like(x, 'low', 0), op.like(x, 'high', 6)]);

export const elu = (op: OpScope, x: Value): Value => op.emit('Elu', [x], { alpha: float(1) });

/** x > 0 ? x : alpha · x */
export const leakyRelu = (op: OpScope, x: Value, alpha: number): Value =>
  op.emit('LeakyRelu', [op.cast(x, 'float32')], { alpha: float(alpha) });

/** x > 0 ? x : slope · x. ONNX's PRelu broadcasts the slope to x; where x is broadcast too: max(x, 0) + slope · min(x, 0). */
export function prelu(op: OpScope, whole: Value, slopes: Value): Value {
  const [x, slope] = [whole, slopes].map((value) => op.cast(value, 'float32'));
  const skipped = x.shape.length - slope.shape.length;
  const fits = skipped >= 0 && slope.shape.every((size, axis) => size === 1 || size === x.shape[axis + skipped]);
  if (fits) return op.emit('PRelu', [x, slope]);
  const negative = op.emit('Min', [x, op.like(x, 'zero', 0)]);
  return op.emit('Add', [op.emit('Relu', [x]), op.emit('Mul', [slope, negative])]);
}

const convertAbs: OpConverter = (op) => {
  const x = op.tensor('x');
  return isComplex(x) ? magnitude(op, x) : op.emit('Abs', [x]);
};

/** Of whole numbers max(x, 0): onnxruntime merges Relu and Clip, and stops where both are of int32. */
const convertRelu: OpConverter = (op) => {
  const x = op.tensor('x');
  return x.type === 'float32' ? op.emit('Relu', [x]) : op.emit('Max', [x, op.like(x, 'zero', 0)]);
};

const convertNeg: OpConverter = (op) => {
  const x = op.tensor('x');
  const negative = op.emit('Neg', [x]);
  return isComplex(x) ? asComplex(negative) : negative;
};

/**
 * The angle of (x, y) from −π to π: atan(y / x), turned by half a circle where x < 0; 0 for both 0. Inputs are y, then x.
 *
 * Deviation: a zero's sign does not tell −π from π, and two infinities give NaN.
 */
const convertAtan2: OpConverter = (op) => {
  const [y, x] = [op.cast(op.tensor('x'), 'float32'), op.cast(op.tensor('y'), 'float32')];
  const [zero, half] = [op.scalar('zero', 0), op.scalar('pi', Math.PI)];
  const slope = op.emit('Where', [op.emit('Equal', [y, zero]), zero, op.emit('Div', [y, x])]);
  const turn = op.emit('Where', [op.emit('Less', [y, zero]), op.scalar('minusPi', -Math.PI), half]);
  const turned = op.emit('Where', [op.emit('Less', [x, zero]), turn, zero]);
  return op.emit('Add', [op.emit('Atan', [slope]), turned]);
};

/** The bounds are single numbers, known or computed. */
const convertClipByValue: OpConverter = (op) => {
  const x = op.tensor('x');
  const bounds = ['clipValueMin', 'clipValueMax'].map((name) => {
    const bound = op.cast(op.tensor(name), x.type);
    if (bound.shape.some((size) => size !== 1)) throw op.refusal(`"${name}" of shape [${bound.shape}]`, 'one number');
    return bound.shape.length === 0 ? bound : op.emit('Reshape', [bound, op.ints('scalar', [])]);
  });
  return op.emit('Clip', [x, ...bounds]);
};

const isNotFinite = (op: OpScope, x: Value): Value => op.emit('Or', [op.emit('IsNaN', [x]), op.emit('IsInf', [x])]);

const ofFloats =
  (compute: (op: OpScope, x: Value) => Value): OpConverter =>
  (op) =>
    compute(op, op.cast(op.tensor('x'), 'float32'));

const convertSquare: OpConverter = (op) => op.emit('Mul', [op.tensor('x'), op.tensor('x')]);

export const basicMathConverters = {
  Abs: convertAbs,
  Acos: fractions('Acos'),
  Acosh: fractions('Acosh'),
  Asin: fractions('Asin'),
  Asinh: fractions('Asinh'),
  Atan: fractions('Atan'),
  Atan2: convertAtan2,
  Atanh: fractions('Atanh'),
  Ceil: fractions('Ceil'),
  ClipByValue: convertClipByValue,
  Cos: fractions('Cos'),
  Cosh: fractions('Cosh'),
  Elu: ofFractions(elu),
  /** tfjs approximates it within 1.5e-7 (Abramowitz and Stegun 7.1.26). */
  Erf: ofFloats((op, x) => op.emit('Erf', [x])),
  Exp: ofFloats((op, x) => op.emit('Exp', [x])),
  /** e^x − 1: near 0 as exact as e^x is near 1. */
  Expm1: ofFractions((op, x) => op.emit('Sub', [op.emit('Exp', [x]), op.scalar('one', 1)])),
  Floor: fractions('Floor'),
  IsFinite: ofFloats((op, x) => op.emit('Not', [isNotFinite(op, x)])),
  IsInf: ofFloats((op, x) => op.emit('IsInf', [x])),
  IsNan: ofFloats((op, x) => op.emit('IsNaN', [x])),
  LeakyRelu: (op) => leakyRelu(op, op.tensor('x'), op.number('alpha')),
  Log: fractions('Log'),
  /** ln(1 + x): near 0 as exact as 1 + x. */
  Log1p: ofFractions((op, x) => op.emit('Log', [op.emit('Add', [x, op.scalar('one', 1)])])),
  Neg: convertNeg,
  Prelu: (op) => prelu(op, op.tensor('x'), op.tensor('alpha')),
  Reciprocal: fractions('Reciprocal'),
  Relu: convertRelu,
  Relu6: (op) => relu6(op, op.tensor('x')),
  /** Halves go to the even neighbour in both. */
  Round: fractions('Round'),
  Rsqrt: ofFractions((op, x) => op.emit('Reciprocal', [op.emit('Sqrt', [x])])),
  /** scale · (x > 0 ? x : alpha · (e^x − 1)), of Elu: onnxruntime's WebGPU provider has no Selu. */
  Selu: ofFractions((op, x) =>
    op.emit('Mul', [op.emit('Elu', [x], { alpha: float(seluAlpha) }), op.scalar('scale', seluScale)]),
  ),
  Sigmoid: fractions('Sigmoid'),
  Sign: unary('Sign'),
  Sin: fractions('Sin'),
  Sinh: fractions('Sinh'),
  Softplus: fractions('Softplus'),
  Sqrt: fractions('Sqrt'),
  Square: convertSquare,
  Tan: fractions('Tan'),
  Tanh: fractions('Tanh'),
} satisfies Record<string, OpConverter>;
