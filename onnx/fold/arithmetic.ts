import { isInteger, numbersOf } from '../element-types.js';
import { elementCount } from '../layout.js';
import type { Fold } from './index.js';
import { broadcastIndices } from './indices.js';

/** Element by element over shapes that broadcast. Floats are rounded to 32 bits as they are stored. */
const elementwise =
  (operate: (values: number[], integer: boolean) => number): Fold =>
  ({ tensors, output }) => {
    const parts = tensors.map(numbersOf);
    const places = tensors.map(({ shape }) => broadcastIndices(shape, output.shape));
    const integer = isInteger(tensors[0].type);
    return Array.from({ length: elementCount(output.shape) }, (_, i) =>
      operate(
        parts.map((part, k) => part[places[k][i]]),
        integer,
      ),
    );
  };

const truth = (holds: boolean): number => (holds ? 1 : 0);

/** C's division of integers cuts towards zero; by zero it is not folded away but left to the runtime. */
const divide: Fold = (call) => {
  const divisor = numbersOf(call.tensors[1]);
  if (isInteger(call.output.type) && divisor.includes(0)) return undefined;
  return elementwise(([a, b], integer) => (integer ? Math.trunc(a / b) : a / b))(call);
};

const modulo: Fold = (call) => {
  if (numbersOf(call.tensors[1]).includes(0)) return undefined;
  const c = call.attributes.fmod === 1;
  return elementwise(([a, b]) => (c ? a % b : ((a % b) + b) % b))(call);
};

/** Half to even, as ONNX and TensorFlow round. */
export function round(x: number): number {
  const down = Math.floor(x);
  if (x - down !== 0.5) return Math.round(x);
  return down % 2 === 0 ? down : down + 1;
}

export const arithmeticFolds: Readonly<Record<string, Fold>> = {
  Abs: elementwise(([x]) => Math.abs(x)),
  Add: elementwise((values) => values.reduce((a, b) => a + b)),
  And: elementwise(([a, b]) => truth(a !== 0 && b !== 0)),
  Cast: elementwise(([x]) => x),
  Ceil: elementwise(([x]) => Math.ceil(x)),
  Div: divide,
  Equal: elementwise(([a, b]) => truth(a === b)),
  Exp: elementwise(([x]) => Math.exp(x)),
  Floor: elementwise(([x]) => Math.floor(x)),
  Greater: elementwise(([a, b]) => truth(a > b)),
  GreaterOrEqual: elementwise(([a, b]) => truth(a >= b)),
  Identity: elementwise(([x]) => x),
  Less: elementwise(([a, b]) => truth(a < b)),
  LessOrEqual: elementwise(([a, b]) => truth(a <= b)),
  Log: elementwise(([x]) => Math.log(x)),
  Max: elementwise((values) => Math.max(...values)),
  Min: elementwise((values) => Math.min(...values)),
  Mod: modulo,
  Mul: elementwise((values) => values.reduce((a, b) => a * b)),
  Neg: elementwise(([x]) => -x),
  Not: elementwise(([x]) => truth(x === 0)),
  Or: elementwise(([a, b]) => truth(a !== 0 || b !== 0)),
  Pow: elementwise(([a, b]) => a ** b),
  Reciprocal: elementwise(([x]) => 1 / x),
  Round: elementwise(([x]) => round(x)),
  Sign: elementwise(([x]) => Math.sign(x)),
  Sqrt: elementwise(([x]) => Math.sqrt(x)),
  Sub: elementwise(([a, b]) => a - b),
  Where: elementwise(([condition, a, b]) => (condition ? a : b)),
  Xor: elementwise(([a, b]) => truth((a !== 0) !== (b !== 0))),
};
