import type { Value } from '../graph.js';
import {
  concat,
  elementShape,
  emptyList,
  gather,
  getItem,
  listLength,
  popBack,
  pushBack,
  ranked,
  resize,
  scatter,
  setItem,
  split,
} from './lists.js';
import type { OpConverter, OpScope } from './op-scope.js';

/** A list's handle is the list: see lists.ts. */
const list = (op: OpScope): Value => op.tensor('tensorListId');

const convertNewList: OpConverter = (op) => emptyList(op, op.type('elementDType'), elementShape(op));

const convertScatter: OpConverter = (op) => {
  const tensor = op.tensor('tensor');
  return scatter(op, emptyList(op, tensor.type, undefined), op.tensor('indices'), tensor);
};

/** TensorFlow's elements keep the axis that is cut; where the element shape has one axis less, tfjs's are rows. */
const convertSplit: OpConverter = (op) => {
  const tensor = op.tensor('tensor');
  const wanted = elementShape(op);
  return split(op, tensor, wanted?.length === tensor.shape.length ? [-1, ...wanted.slice(1)] : undefined);
};

const convertConcat: OpConverter = (op) => concat(op, list(op));

export const tensorListConverters = {
  EmptyTensorList: convertNewList,
  TensorListConcat: convertConcat,
  TensorListConcatV2: convertConcat,
  TensorListFromTensor: (op) => op.tensor('tensor'),
  TensorListGather: (op) => gather(op, list(op), op.tensor('indices')),
  TensorListGetItem: (op) => getItem(op, list(op), op.tensor('index')),
  TensorListLength: (op) => listLength(op, list(op)),
  /** The list, then the element, as TensorFlow has them; tfjs gives the element as the first, so that graphs made by TensorFlow fail in it. */
  TensorListPopBack: (op) => popBack(op, list(op)),
  TensorListPushBack: (op) => pushBack(op, list(op), op.tensor('tensor')),
  TensorListReserve: convertNewList,
  TensorListResize: (op) => resize(op, list(op), op.tensor('size')),
  TensorListScatter: convertScatter,
  TensorListScatterV2: convertScatter,
  TensorListSetItem: (op) => setItem(op, list(op), op.tensor('index'), op.tensor('tensor')),
  TensorListSplit: convertSplit,
  TensorListStack: (op) => ranked(op, list(op)),
} satisfies Record<string, OpConverter>;
