import type { Value } from '../graph.js';
import { concat, elementShape, emptyList, gather, getItem, listLength, scatter, setItem, split } from './lists.js';
import type { OpConverter, OpScope } from './op-scope.js';

/** The array is what flows: its handle is it as it was made, the flow as it was last written (lists.ts). */
const array = (op: OpScope): Value => op.optionalTensor('flowIn') ?? op.tensor('tensorArrayId');

/** Handle and flow. A shape of no axes says nothing, in tfjs: the first write does. */
const convertTensorArray: OpConverter = (op) => {
  const shape = elementShape(op);
  const empty = emptyList(op, op.type('dtype'), shape?.length ? shape : undefined);
  shapes.set(empty, shape);
  return [empty, empty];
};

/** The element shape by array, by which tfjs cuts. */
const shapes = new WeakMap<Value, number[] | undefined>();

const convertSplit: OpConverter = (op) => {
  const tensor = op.tensor('tensor');
  const shape = shapes.get(op.tensor('tensorArrayId'));
  if (!shape) throw op.refusal('an array of elements of any shape', 'an array with an element shape, as in tfjs');
  return split(op, tensor, shape);
};

export const tensorArrayConverters = {
  TensorArrayCloseV3: (op) => op.tensor('tensorArrayId'),
  TensorArrayConcatV3: (op) => concat(op, array(op)),
  TensorArrayGatherV3: (op) => gather(op, array(op), op.tensor('indices')),
  TensorArrayReadV3: (op) => getItem(op, array(op), op.tensor('index')),
  TensorArrayScatterV3: (op) => scatter(op, array(op), op.tensor('indices'), op.tensor('tensor')),
  TensorArraySizeV3: (op) => listLength(op, array(op)),
  TensorArraySplitV3: convertSplit,
  TensorArrayV3: convertTensorArray,
  TensorArrayWriteV3: (op) => setItem(op, array(op), op.tensor('index'), op.tensor('tensor')),
} satisfies Record<string, OpConverter>;
