import { isInteger } from '../element-types.js';
import type { ElementType, Value } from '../graph.js';
import { elementsOf, knownNumbers } from '../infer/known.js';
import { asComplex, complexOf, imag, isComplex, real } from './complex.js';
import type { OpConverter, OpScope } from './op-scope.js';

const widths: readonly ElementType[] = ['bool', 'int32', 'int64', 'float32'];

/** The type that holds both, as tfjs picks it for operands of two: bool < int32 < float32. */
export function widerType(a: ElementType, b: ElementType): ElementType {
  return widths.indexOf(a) < widths.indexOf(b) ? b : a;
}

/** Both operands in the wider of their types; truths count as whole numbers. */
export function operands(op: OpScope): [Value, Value] {
  const [a, b] = [op.tensor('a'), op.tensor('b')];
  const type = widerType(widerType(a.type, b.type), 'int32');
  return [op.cast(a, type), op.cast(b, type)];
}

const binary =
  (onnx: string): OpConverter =>
  (op) =>
    op.emit(onnx, operands(op));

/** Sums and differences of pairs (real, imaginary) are those of their parts. */
const additive =
  (onnx: string): OpConverter =>
  (op) => {
    const pair = complexOperands(op);
    return pair ? asComplex(op.emit(onnx, pair)) : op.emit(onnx, operands(op));
  };

/** Both operands as pairs (…shape, 2) where one of them is complex; what is real gets an imaginary part of 0. */
function complexOperands(op: OpScope): [Value, Value] | undefined {
  const [a, b] = [op.tensor('a'), op.tensor('b')];
  if (!isComplex(a) && !isComplex(b)) return undefined;
  return [asPairs(op, a), asPairs(op, b)];
}

function asPairs(op: OpScope, value: Value): Value {
  if (isComplex(value)) return value;
  const column = op.emit('Unsqueeze', [op.cast(value, 'float32'), op.ints('last', [-1])]);
  const before = value.shape.map(() => 0);
  return asComplex(op.emit('Pad', [column, op.ints('pads', [...before, 0, ...before, 1])]));
}

/** (a + bi)(c + di) = ac − bd + (ad + bc)i */
const convertMul: OpConverter = (op) => {
  const pair = complexOperands(op);
  if (!pair) return op.emit('Mul', operands(op));
  const [[a, b], [c, d]] = pair.map((value) => [real(op, value), imag(op, value)]);
  const product = (x: Value, y: Value) => op.emit('Mul', [x, y]);
  return complexOf(op, op.emit('Sub', [product(a, c), product(b, d)]), op.emit('Add', [product(a, d), product(b, c)]));
};

const convertAddN: OpConverter = (op) => {
  const [first, ...others] = op.tensors('tensors');
  const sum = others.reduce((total, each) => op.emit('Add', [total, each]), first);
  return isComplex(first) ? asComplex(sum) : sum;
};

/**
 * a + bias, the bias along the last axis, or along axis 1 with `data_format` NCHW.
 *
 * Deviation: tfjs 4.22 does not read `data_format`; the file adds the bias as TensorFlow defines it.
 */
const convertBiasAdd: OpConverter = (op) => {
  const [a, b] = operands(op);
  const after = op.text('dataFormat').startsWith('NC') ? a.shape.length - 2 : 0;
  if (after <= 0) return op.emit('Add', [a, b]);
  const axes = Array.from({ length: after }, (_, i) => i + 1);
  return op.emit('Add', [a, op.emit('Unsqueeze', [b, op.ints('axes', axes)])]);
};

/**
 * Whole numbers over others. What is over zero is 0, as in tfjs: there onnxruntime would end the process.
 *
 * @param divide ONNX nodes for a divisor that is nowhere zero
 */
function overNonZero(op: OpScope, divisor: Value, divide: (divisor: Value) => Value): Value {
  if (knownNumbers(divisor)?.every((number) => number !== 0)) return divide(divisor);
  const zero = op.like(divisor, 'zero', 0);
  const isZero = op.emit('Equal', [divisor, zero]);
  const quotient = divide(op.emit('Where', [isZero, op.like(divisor, 'one', 1), divisor]));
  return op.emit('Where', [isZero, zero, quotient]);
}

/** Whether a value holds sizes, or whole numbers known not to be below zero. */
const isCount = (value: Value): boolean =>
  elementsOf(value)?.every((element) => typeof element === 'string' || (element !== undefined && element >= 0)) ??
  false;

/** ⌊a / b⌋. ONNX's Div of whole numbers cuts towards zero: (a − a mod b) / b, where they may be below it. */
function floorQuotient(op: OpScope, a: Value, b: Value): Value {
  if (!isInteger(a.type)) return op.emit('Floor', [op.emit('Div', [a, b])]);
  return overNonZero(op, b, (divisor) => {
    if (isCount(a) && isCount(b)) return op.emit('Div', [a, divisor]);
    return op.emit('Div', [op.emit('Sub', [a, op.emit('Mod', [a, divisor])]), divisor]);
  });
}

/** a / b; of whole numbers ⌊a / b⌋, as tfjs divides them. */
function quotient(op: OpScope, a: Value, b: Value): Value {
  return isInteger(a.type) ? floorQuotient(op, a, b) : op.emit('Div', [a, b]);
}

const convertDiv: OpConverter = (op) => quotient(op, ...operands(op));

/** Deviation: tfjs 4.22 gives ⌊a / b⌋ of fractions as int32; the file gives float32, as TensorFlow does. */
const convertFloorDiv: OpConverter = (op) => floorQuotient(op, ...operands(op));

/** a / b, and 0 where b is 0. */
const convertDivNoNan: OpConverter = (op) => {
  const [a, b] = operands(op);
  if (isInteger(a.type)) return quotient(op, a, b);
  const zero = op.like(a, 'zero', 0);
  return op.emit('Where', [op.emit('Equal', [b, zero]), zero, op.emit('Div', [a, b])]);
};

/**
 * a − b · ⌊a / b⌋, with the sign of b: of Mod and FloorMod both, as in tfjs. ONNX's Mod gives it for whole numbers; for
 * fractions its remainder has the sign of a, and b is added where the signs differ.
 *
 * Deviation: TensorFlow's Mod has the sign of a.
 */
const convertMod: OpConverter = (op) => {
  const [a, b] = operands(op);
  if (isInteger(a.type)) return overNonZero(op, b, (divisor) => op.emit('Mod', [a, divisor]));
  const zero = op.like(a, 'zero', 0);
  const remainder = op.emit('Mod', [a, b], { fmod: 1 });
  const opposite = op.emit('Xor', [op.emit('Less', [remainder, zero]), op.emit('Less', [b, zero])]);
  const moved = op.emit('Mod', [op.emit('Add', [remainder, b]), b], { fmod: 1 });
  return op.emit('Where', [opposite, moved, remainder]);
};

const convertSquaredDifference: OpConverter = (op) => {
  const difference = op.emit('Sub', operands(op));
  return op.emit('Mul', [difference, difference]);
};

export const arithmeticConverters = {
  Add: additive('Add'),
  AddN: convertAddN,
  AddV2: additive('Add'),
  BiasAdd: convertBiasAdd,
  Div: convertDiv,
  DivNoNan: convertDivNoNan,
  FloorDiv: convertFloorDiv,
  FloorMod: convertMod,
  Maximum: binary('Max'),
  Minimum: binary('Min'),
  Mod: convertMod,
  Mul: convertMul,
  Pow: binary('Pow'),
  RealDiv: convertDiv,
  SquaredDifference: convertSquaredDifference,
  Sub: additive('Sub'),
} satisfies Record<string, OpConverter>;
