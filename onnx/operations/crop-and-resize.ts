import { floatTensor, type Value } from '../graph.js';
import { range } from '../layout.js';
import type { OpConverter, OpScope } from './op-scope.js';
import { Pixels } from './pixels.js';

/**
 * CropAndResize: for each box (y1, x1, y2, x2, of the image's height and width less one) a grid of crop size over it, each
 * point mixed of the four pixels around it, or the nearest; points outside the image get the extrapolation value. RoiAlign
 * places its points elsewhere, so that this is written out by Gather.
 *
 * Deviation: places are reckoned in float32, as TensorFlow does, so that points on the image's very edge may count as
 * outside in tfjs, which reckons in 64 bits, and not here.
 */
export const convertCropAndResize: OpConverter = (op) => {
  const image = op.cast(op.tensor('image'), 'float32');
  const boxes = op.tensor('boxes');
  const sizes = op.numbers('cropSize');
  const pixels = new Pixels(op, image);
  const along = op.emit('Unsqueeze', [op.cast(op.tensor('boxInd'), 'int64'), op.ints('grid_axes', [1, 2])]);
  const edge = (index: number): Value =>
    op.emit('Unsqueeze', [
      op.emit('Slice', [boxes, op.ints('from', [index]), op.ints('to', [index + 1]), op.ints('axis', [1])]),
      op.ints('column_axis', [2]),
    ]);
  const y = gridLine(op, edge(0), edge(2), pixels.lastRow, sizes[0], [1, sizes[0], 1]); // (boxes, height, 1)
  const x = gridLine(op, edge(1), edge(3), pixels.lastColumn, sizes[1], [1, 1, sizes[1]]); // (boxes, 1, width)
  const inside = op.emit('And', [pixels.inside(y, pixels.lastRow), pixels.inside(x, pixels.lastColumn)]);
  const value = op.text('method').toLowerCase() === 'nearest' ? nearest() : bilinear();
  const outside = op.scalar('extrapolation_value', Number(op.attribute('extrapolationValue') ?? 0));
  return op.emit('Where', [op.emit('Unsqueeze', [inside, op.ints('channel_axis', [-1])]), value, outside]);

  function nearest(): Value {
    const half = op.scalar('half', 0.5);
    const [row, column] = [y, x].map((place) => op.emit('Floor', [op.emit('Add', [place, half])]));
    return pixels.at(along, row, column);
  }

  function bilinear(): Value {
    const [top, left] = [y, x].map((place) => op.emit('Floor', [place]));
    const [bottom, right] = [y, x].map((place) => op.emit('Ceil', [place]));
    const share = (place: Value, start: Value): Value =>
      op.emit('Unsqueeze', [op.emit('Sub', [place, start]), op.ints('channel_axis', [-1])]);
    const mixed = (from: Value, to: Value, part: Value): Value =>
      op.emit('Add', [from, op.emit('Mul', [op.emit('Sub', [to, from]), part])]);
    const across = share(x, left);
    const above = mixed(pixels.at(along, top, left), pixels.at(along, top, right), across);
    const below = mixed(pixels.at(along, bottom, left), pixels.at(along, bottom, right), across);
    return mixed(above, below, share(y, top));
  }
};

/** start · last + i · (end − start) · last / (count − 1), or the middle for one point. */
function gridLine(op: OpScope, start: Value, end: Value, last: Value, count: number, shape: number[]): Value {
  if (count === 1) {
    const middle = op.emit('Mul', [op.emit('Add', [start, end]), op.scalar('half', 0.5)]);
    return op.emit('Mul', [middle, last]);
  }
  const steps = op.graph.constant(`${op.name}/steps`, floatTensor(shape, range(0, count)));
  const span = op.emit('Mul', [op.emit('Mul', [op.emit('Sub', [end, start]), last]), steps]);
  const way = op.emit('Div', [span, op.graph.constant(`${op.name}/intervals`, floatTensor([], [count - 1]))]);
  return op.emit('Add', [op.emit('Mul', [start, last]), way]);
}
