import { floatTensor, type Value } from '../graph.js';
import { range } from '../layout.js';
import type { OpConverter, OpScope } from './op-scope.js';
import { Pixels } from './pixels.js';

/**
 * CropAndResize: for each box (y1, x1, y2, x2, of the image's height and width less one) a grid of crop size over it, each
 * point mixed of the four pixels around it, or the nearest; points outside the image get the extrapolation value. RoiAlign
 * places its points elsewhere, so that this is written out by one Gather of all the rows and columns that a crop needs.
 *
 * Deviation: places are reckoned in float32, as TensorFlow does, so that points on the image's very edge may count as
 * outside in tfjs, which reckons in 64 bits, and not here.
 */
export const convertCropAndResize: OpConverter = (op) => {
  const pixels = new Pixels(op, op.cast(op.tensor('image'), 'float32'));
  const [height, width] = op.numbers('cropSize');
  const nearest = op.text('method').toLowerCase() === 'nearest';
  const boxes = op.emit('Unsqueeze', [op.tensor('boxes'), op.ints('place_axis', [2])]); // (boxes, 4, 1)
  const [y, x] = linesOfBoxes(op, boxes, pixels.lasts(), [height, width], nearest);
  const along = op.emit('Unsqueeze', [op.cast(op.tensor('boxInd'), 'int64'), op.ints('grid_axes', [1, 2])]);
  const down = op.emit('Transpose', [y.pixels], { perm: [0, 2, 1] });
  const around = pixels.atPlaces(along, down, x.pixels); // (boxes, height or twice it, width or twice it, channels)
  const value = nearest ? around : mixed(op, mixed(op, around, 2, asColumns(op, x.share)), 1, asRows(op, y.share));
  const inside = op.emit('And', [asRows(op, y.inside), asColumns(op, x.inside)]);
  const outside = op.scalar('extrapolation_value', Number(op.attribute('extrapolationValue') ?? 0));
  return op.emit('Where', [inside, value, outside]);
};

/** Along one axis of the boxes' crops, or along both; n is the crop's size. */
interface Line {
  /** Which pixels each point needs, as int64: the nearest, or all those before and then all those behind. */
  readonly pixels: Value; // (boxes, axes, n or 2n)
  /** How far each point is from the pixel before it, 0…1. */
  readonly share: Value; // (boxes, axes, n)
  readonly inside: Value; // (boxes, axes, n)
}

/** Both axes in one where the crop is square. */
function linesOfBoxes(
  op: OpScope,
  boxes: Value, // (boxes, 4, 1)
  lasts: Value, // (2, 1)
  [height, width]: readonly number[],
  nearest: boolean,
): [y: Line, x: Line] {
  const parts = (value: Value, axis: number, sizes: number[]): Value[] =>
    op.emitAll('Split', [value, op.ints('parts', sizes)], { axis });
  if (height !== width) {
    const [top, left, bottom, right] = parts(boxes, 1, [1, 1, 1, 1]);
    const [lastRow, lastColumn] = parts(lasts, 0, [1, 1]);
    return [lineOf(op, top, bottom, lastRow, height, nearest), lineOf(op, left, right, lastColumn, width, nearest)];
  }
  const [start, end] = parts(boxes, 1, [2, 2]);
  const both = lineOf(op, start, end, lasts, height, nearest);
  const [pixels, shares] = [both.pixels, both.share].map((value) => parts(value, 1, [1, 1]));
  const inside = [0, 1].map((axis) => op.emit('Gather', [both.inside, op.ints('axis', [axis])], { axis: 1 }));
  return [
    { pixels: pixels[0], share: shares[0], inside: inside[0] },
    { pixels: pixels[1], share: shares[1], inside: inside[1] },
  ];
}

/** Points at start · last + i · (end − start) · last / (n − 1), or the middle for one point. */
function lineOf(op: OpScope, start: Value, end: Value, last: Value, count: number, nearest: boolean): Line {
  const constant = (label: string, values: number[]): Value =>
    op.graph.constant(`${op.name}/${label}`, floatTensor([values.length], values));
  const steps = constant('steps', count === 1 ? [0.5] : range(0, count));
  const span = op.emit('Mul', [op.emit('Mul', [op.emit('Sub', [end, start]), last]), steps]);
  const way = count > 2 ? op.emit('Div', [span, constant('intervals', [count - 1])]) : span;
  const place = op.emit('Add', [op.emit('Mul', [start, last]), way]);
  const within = op.emit('Min', [op.emit('Max', [place, op.scalar('zero', 0)]), last]);
  const inside = op.emit('Equal', [within, place]);
  if (nearest) {
    const whole = op.emit('Floor', [op.emit('Add', [within, op.scalar('half', 0.5)])]);
    return { pixels: op.cast(whole, 'int64'), share: within, inside };
  }
  const before = op.emit('Floor', [within]);
  const both = op.emit('Concat', [before, op.emit('Ceil', [within])], { axis: 2 });
  return { pixels: op.cast(both, 'int64'), share: op.emit('Sub', [within, before]), inside };
}

const asRows = (op: OpScope, line: Value): Value =>
  // (boxes, 1, n) → (boxes, n, 1, 1)
  op.emit('Transpose', [op.emit('Unsqueeze', [line, op.ints('channel_axis', [3])])], { perm: [0, 2, 1, 3] });

const asColumns = (op: OpScope, line: Value): Value =>
  // (boxes, 1, n) → (boxes, 1, n, 1)
  op.emit('Unsqueeze', [line, op.ints('channel_axis', [3])]);

/** The first half along an axis and the second, by the share of the way from one to the other. */
function mixed(op: OpScope, around: Value, axis: number, share: Value): Value {
  const half = (around.shape[axis] as number) / 2;
  const [from, to] = op.emitAll('Split', [around, op.ints('halves', [half, half])], { axis });
  return op.emit('Add', [from, op.emit('Mul', [op.emit('Sub', [to, from]), share])]);
}
