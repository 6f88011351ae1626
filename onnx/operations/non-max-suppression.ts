import { floatTensor, Graph, type Node, type Value } from '../graph.js';
import { knownNumbers } from '../infer/known.js';
import type { OpConverter, OpScope } from './op-scope.js';
import { placeAt, sizeOf } from './sizes.js';

/**
 * Of boxes (boxes, 4) that overlap the one with the best score → NonMaxSuppression (ai.onnx 11), whose result (selected, 3)
 * names batch, class and box; boxes in the order of their scores.
 *
 * tfjs drops a box from the threshold on, ONNX above it: it is given the float32 below. At 0 every second box is dropped.
 */
function select(op: OpScope): Value {
  const boxes = op.emit('Unsqueeze', [op.tensor('boxes'), op.ints('batch', [0])]);
  const scores = op.emit('Unsqueeze', [op.tensor('scores'), op.ints('batch_and_class', [0, 1])]);
  const threshold = op.tensor('iouThreshold');
  const below = op.emit('Mul', [threshold, op.scalar('below', 1 - 2 ** -24)]);
  const most = knownNumbers(threshold)?.[0] === 0 ? op.emit('Min', [limit(op), op.ints('one', [1])]) : limit(op);
  const least = op.optionalTensor('scoreThreshold');
  const inputs = [boxes, scores, most, vector(op, below), ...(least ? [vector(op, least)] : [])];
  const triples = op.emit('NonMaxSuppression', inputs);
  return op.emit('Gather', [triples, placeAt(op, 2)], { axis: 1 });
}

const vector = (op: OpScope, scalar: Value): Value => op.emit('Reshape', [scalar, op.ints('one', [1])]);

/** How many boxes may be selected: never more than there are, as in tfjs, which pads to no more either. */
const limit = (op: OpScope): Value => {
  const most = vector(op, op.cast(op.tensor('maxOutputSize'), 'int64'));
  return op.emit('Min', [most, sizeOf(op, op.tensor('boxes'), 0)]);
};

/** NonMaxSuppressionV2, V3: the boxes. */
const convertNonMaxSuppression: OpConverter = (op) => op.cast(select(op), 'int32');

/** V4: the boxes, filled up with 0 where the node says so, and how many of them count. */
const convertPadded: OpConverter = (op) => {
  const selected = select(op);
  const count = sizeOf(op, selected, 0);
  const valid = op.cast(op.emit('Squeeze', [count, op.ints('only', [0])]), 'int32');
  if (!op.boolean('padToMaxOutputSize')) return [op.cast(selected, 'int32'), valid];
  const missing = op.emit('Sub', [limit(op), count]);
  const pads = op.emit('Concat', [op.ints('before', [0]), missing], { axis: 0 });
  return [op.cast(op.emit('Pad', [selected, pads, placeAt(op, 0)]), 'int32'), valid];
};

/**
 * V5: the boxes and their scores. With a sigma above 0 the scores of boxes that overlap a selected one sink by
 * exp(−overlap² / (2 · sigma)) instead of staying, which ONNX's operator does not know: a Loop selects box after box.
 */
const convertWithScores: OpConverter = (op) => {
  const sigma = op.knownNumbers('softNmsSigma')?.[0];
  if (sigma === 0) {
    const selected = select(op);
    return [op.cast(selected, 'int32'), op.emit('Gather', [op.tensor('scores'), selected], { axis: 0 })];
  }
  if (sigma === undefined) throw op.refusal('a sigma computed while the model runs', 'a value known beforehand');
  return sinkScores(op, -0.5 / sigma);
};

const minusInfinity = (op: OpScope): Value => op.constant('none_left', () => floatTensor([1], [-Infinity]));

function sinkScores(op: OpScope, scale: number): Value[] {
  const { graph } = op;
  const least = op.tensor('scoreThreshold');
  const [boxes, scores] = [op.tensor('boxes'), op.tensor('scores')];
  const gone = op.scalar('gone', -Infinity);
  const left = (inside: OpScope, values: Value): Value => {
    const best = inside.emit('ReduceMax', [values], { keepdims: 0 });
    return inside.emit('Greater', [best, least]);
  };
  const start = op.emit('Where', [op.emit('Greater', [scores, least]), scores, gone]);
  const body = new Graph(graph);
  const inside = op.within(body);
  body.input(`${op.name}/turn`, 'int64', []);
  body.input(`${op.name}/goes_on`, 'bool', []);
  const now = body.input(`${op.name}/scores`, 'float32', start.shape);
  const best = inside.emit('ArgMax', [now], { axis: 0, keepdims: 0 });
  const score = inside.emit('Gather', [now, best], { axis: 0 });
  const overlap = overlaps(inside, boxes, best);
  const weight = inside.emit('Exp', [
    inside.emit('Mul', [inside.emit('Mul', [overlap, overlap]), op.scalar('scale', scale)]),
  ]);
  const sunk = inside.emit('Mul', [now, weight]);
  const dropped = inside.emit('Or', [
    inside.emit('GreaterOrEqual', [overlap, op.tensor('iouThreshold')]),
    inside.emit('LessOrEqual', [sunk, least]),
  ]);
  const others = inside.emit('Where', [dropped, gone, sunk]);
  const next = inside.emit('ScatterElements', [others, vector(inside, best), minusInfinity(op)], { axis: 0 });
  body.outputs = [left(inside, next), next, best, score];

  const name = graph.uniqueName(`${op.name}/Loop`);
  const count = op.unknownSize('selected');
  const selected: Value = { name: graph.uniqueName(`${name}_selected`), type: 'int64', shape: [count] };
  const kept: Value = { name: graph.uniqueName(`${name}_scores`), type: 'float32', shape: [count] };
  const most = op.emit('Squeeze', [limit(op), op.ints('only', [0])]);
  const node: Node = {
    op: 'Loop',
    name,
    inputs: [most, left(op, start), start],
    output: { name, type: 'float32', shape: start.shape },
    more: [selected, kept],
    attributes: { body: { graph: body } },
  };
  graph.nodes.push(node);
  return [op.cast(selected, 'int32'), kept];
}

/** The shared part of each box's and one box's area; 0 where one of them has none. */
function overlaps(op: OpScope, boxes: Value, best: Value): Value {
  const one = op.emit('Gather', [boxes, best], { axis: 0 });
  const corner = (values: Value, low: 'Min' | 'Max', axis: number): Value => {
    const [a, b] = [axis, axis + 2].map((place) =>
      op.emit('Gather', [values, placeAt(op, place)], { axis: values.shape.length - 1 }),
    );
    return op.emit(low, [a, b]);
  };
  const extent = (values: Value, axis: number): Value =>
    op.emit('Sub', [corner(values, 'Max', axis), corner(values, 'Min', axis)]);
  const area = (values: Value): Value => op.emit('Mul', [extent(values, 0), extent(values, 1)]);
  const shared = [0, 1].map((axis) => {
    const end = op.emit('Min', [corner(boxes, 'Max', axis), corner(one, 'Max', axis)]);
    const begin = op.emit('Max', [corner(boxes, 'Min', axis), corner(one, 'Min', axis)]);
    return op.emit('Max', [op.emit('Sub', [end, begin]), op.scalar('none', 0)]);
  });
  const [areas, own, common] = [area(boxes), area(one), op.emit('Mul', shared)];
  const ratio = op.emit('Div', [common, op.emit('Sub', [op.emit('Add', [areas, own]), common])]);
  const empty = op.emit('LessOrEqual', [op.emit('Min', [areas, own]), op.scalar('none', 0)]);
  return op.emit('Where', [empty, op.scalar('none', 0), ratio]);
}

export const nonMaxSuppressionConverters = {
  NonMaxSuppressionV2: convertNonMaxSuppression,
  NonMaxSuppressionV3: convertNonMaxSuppression,
  NonMaxSuppressionV4: convertPadded,
  NonMaxSuppressionV5: convertWithScores,
} satisfies Record<string, OpConverter>;
