import { tensorOf } from '../element-types.js';
import type { ElementType, Tensor, Value } from '../graph.js';
import type { Call } from '../infer/index.js';
import { elementCount } from '../layout.js';
import { arithmeticFolds } from './arithmetic.js';
import { movementFolds } from './movement.js';

/** A call all of whose inputs are known, and where its output goes. */
export interface KnownCall extends Call {
  readonly tensors: readonly Tensor[];
  readonly output: { readonly type: ElementType; readonly shape: readonly number[] };
}

/** What an operator gives: its elements in order, or undefined where this is not worked out here. */
export type Fold = (call: KnownCall) => readonly number[] | undefined;

const folds: Readonly<Record<string, Fold>> = { ...arithmeticFolds, ...movementFolds };

/** More elements than this are left to be computed, unless the operator's inputs have as many: files stay small. */
const most = 4096;

/** The output of an operator over constants as a constant; undefined where only running it tells. */
export function fold(
  call: Call,
  { type, shape, sequence }: Pick<Value, 'type' | 'shape' | 'sequence'>,
): Tensor | undefined {
  const rule = folds[call.op];
  const tensors = call.inputs.map(({ constant }) => constant);
  if (!rule || sequence || type === 'string' || type === 'float16') return undefined;
  if (!tensors.every((tensor) => tensor && tensor.type !== 'string' && tensor.type !== 'float16')) return undefined;
  if (!shape.every((size) => typeof size === 'number')) return undefined;
  const known = tensors as Tensor[];
  const largest = Math.max(most, ...known.map((tensor) => elementCount(tensor.shape)));
  if (elementCount(shape) > largest) return undefined;
  const values = rule({ ...call, tensors: known, output: { type, shape } });
  return values && tensorOf(type, shape, values);
}
