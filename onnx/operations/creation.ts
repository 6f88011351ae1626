import { tensorOf } from '../element-types.js';
import type { ElementType, Value } from '../graph.js';
import { range } from '../layout.js';
import type { OpConverter, OpScope } from './op-scope.js';

/** A tensor of these sizes (int64, known or computed) that holds one number throughout. */
export function filled(op: OpScope, sizes: Value, type: ElementType, value: number): Value {
  return op.emit('ConstantOfShape', [sizes], { value: { tensor: tensorOf(type as 'float32', [1], [value]) } });
}

/** Sizes as a vector of int64. */
export const sizesOf = (op: OpScope, name: string): Value => op.cast(op.tensor(name), 'int64');

/** One value throughout; a computed one, or a text, is repeated. */
const convertFill: OpConverter = (op) => {
  const value = op.tensor('value');
  const sizes = sizesOf(op, 'shape');
  if (!value.constant || value.type === 'string') return op.emit('Expand', [value, sizes]);
  return filled(op, sizes, value.type, op.number('value'));
};

const sized =
  (value: number): OpConverter =>
  (op) =>
    filled(op, sizesOf(op, 'shape'), op.attribute('dtype') === undefined ? 'float32' : op.type('dtype'), value);

const alike =
  (value: number): OpConverter =>
  (op) => {
    const x = op.tensor('x');
    return filled(op, op.emit('Shape', [x]), x.type, value);
  };

/** start + i · (stop − start) / (num − 1) for i from 0 up to num; num may be computed. */
const convertLinSpace: OpConverter = (op) => {
  const [start, stop] = ['start', 'stop'].map((name) => scalar(op, op.cast(op.tensor(name), 'float32')));
  const num = scalar(op, op.cast(op.tensor('num'), 'int64'));
  const [zero, one] = [op.like(num, 'zero', 0), op.like(num, 'one', 1)];
  const places = op.cast(op.emit('Range', [zero, num, one]), 'float32');
  const steps = op.cast(op.emit('Max', [op.emit('Sub', [num, one]), one]), 'float32');
  const step = op.emit('Div', [op.emit('Sub', [stop, start]), steps]);
  return op.emit('Add', [start, op.emit('Mul', [places, step])]);
};

/** start, start + step, … before stop; all three may be computed. */
const convertRange: OpConverter = (op) => {
  const type = op.attribute('dtype') === undefined ? op.tensor('start').type : op.type('dtype');
  return op.emit(
    'Range',
    ['start', 'stop', 'step'].map((name) => scalar(op, op.cast(op.tensor(name), type))),
  );
};

const scalar = (op: OpScope, value: Value): Value =>
  value.shape.length === 0 ? value : op.emit('Reshape', [value, op.ints('scalar', [])]);

/**
 * `on` where an index names the place along a new axis, else `off`: by comparison with 0 … depth − 1, since ONNX's
 * OneHot counts indices below zero from the end, where TensorFlow leaves all off.
 *
 * Deviation: tfjs 4.22 does not read `axis` and puts the new axis last; the file puts it as TensorFlow does.
 */
const convertOneHot: OpConverter = (op) => {
  const indices = op.cast(op.tensor('indices'), 'int32');
  const rank = indices.shape.length + 1;
  const axis = op.axis(Number(op.attribute('axis') ?? -1), rank);
  const depth = scalar(op, op.cast(op.tensor('depth'), 'int32'));
  const row = op.emit('Range', [op.like(depth, 'zero', 0), depth, op.like(depth, 'one', 1)]);
  const after = range(1, rank - axis);
  const places = after.length === 0 ? row : op.emit('Unsqueeze', [row, op.ints('after', after)]);
  const hits = op.emit('Equal', [op.emit('Unsqueeze', [indices, op.ints('axis', [axis])]), places]);

  const [on, off] = [op.optionalTensor('onValue'), op.optionalTensor('offValue')];
  const type = on?.type ?? 'float32';
  const plain = (!on || op.knownNumbers('onValue')?.[0] === 1) && (!off || op.knownNumbers('offValue')?.[0] === 0);
  if (plain) return op.cast(hits, type);
  const number = type === 'bool' ? 'int32' : type;
  const chosen = op.emit('Where', [
    hits,
    op.cast(on ?? op.scalar('on', 1), number),
    op.cast(off ?? op.scalar('off', 0), number),
  ]);
  return op.cast(chosen, type);
};

export const creationConverters = {
  Fill: convertFill,
  LinSpace: convertLinSpace,
  OneHot: convertOneHot,
  Ones: sized(1),
  OnesLike: alike(1),
  Range: convertRange,
  Zeros: sized(0),
  ZerosLike: alike(0),
} satisfies Record<string, OpConverter>;
