import type { Value } from '../graph.js';
import type { OpConverter, OpScope } from './op-scope.js';
import { overSpace, spatial, windowAttributes, windowOf } from './windows.js';

/**
 * Pools → MaxPool, AveragePool (ai.onnx 12, 11), x in (batch, channels, …space). Padding counts for nothing: below every
 * maximum, and outside the average's divisor (`count_include_pad` 0).
 *
 * Deviation: NCHW is as TensorFlow has it; tfjs takes every node for NHWC.
 */
const pool =
  (name: 'MaxPool' | 'AveragePool', spatialRank: number): OpConverter =>
  (op) => {
    const x = floats(op);
    const window = windowOf(op, spatial(op, 'kernelSize', spatialRank));
    return overSpace(op, x, spatialRank, (x) => op.emit(name, [x], windowAttributes(op, x.shape.slice(2), window)));
  };

function floats(op: OpScope): Value {
  const x = op.tensor('x');
  if (x.type !== 'float32') throw op.refusal(`a pool of ${x.type}`, 'float32: ONNX pools no int32; cast before it');
  return x;
}

/**
 * MaxPoolWithArgmax → MaxPool with its second output. ONNX counts places in (batch, channels, height, width), TensorFlow in
 * (height, width, channels), before it the batch where `include_batch_in_index` says so.
 */
const maxPoolWithArgmax: OpConverter = (op) => {
  const window = windowOf(op, spatial(op, 'kernelSize', 2));
  const found: Value[] = [];
  const maxima = overSpace(op, floats(op), 2, (x) => {
    const attributes = windowAttributes(op, x.shape.slice(2), window);
    const node = op.graph.createNode('MaxPool', `${op.name}/MaxPool`, [x], undefined, attributes);
    const { shape } = node.output;
    const places: Value = { name: op.graph.uniqueName(`${node.name}_indices`), type: 'int64', shape };
    op.graph.nodes.push({ ...node, more: [places] });
    found.push(channelsLastPlaces(op, x, places));
    return node.output;
  });
  const last = op.transpose(found[0], [0, 2, 3, 1]);
  return [maxima, op.cast(last, 'int32')];
};

/** Of n, c, h, w in one number: (h · width + w) · channels + c, and n · height · width · channels with the batch. */
function channelsLastPlaces(op: OpScope, x: Value, places: Value): Value {
  const sizes = op.emit('Shape', [x]);
  const size = (axis: number): Value => op.emit('Gather', [sizes, op.ints('axis', [axis])]);
  const [channels, area] = [size(1), op.emit('Mul', [size(2), size(3)])];
  const inPlane = op.emit('Mod', [places, area]);
  const planes = op.emit('Div', [places, area]); // n · channels + c
  const channel = op.emit('Mod', [planes, channels]);
  const inImage = op.emit('Add', [op.emit('Mul', [inPlane, channels]), channel]);
  if (!op.boolean('includeBatchInIndex')) return inImage;
  const image = op.emit('Div', [planes, channels]);
  return op.emit('Add', [op.emit('Mul', [image, op.emit('Mul', [area, channels])]), inImage]);
}

export const poolingConverters = {
  AvgPool: pool('AveragePool', 2),
  AvgPool3D: pool('AveragePool', 3),
  MaxPool: pool('MaxPool', 2),
  MaxPool3D: pool('MaxPool', 3),
  MaxPoolWithArgmax: maxPoolWithArgmax,
} satisfies Record<string, OpConverter>;
