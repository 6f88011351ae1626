import { floatTensor, type Value } from '../graph.js';
import { range } from '../layout.js';
import type { OpConverter, OpScope } from './op-scope.js';
import { Pixels } from './pixels.js';
import { placeAt, sizeOf } from './sizes.js';

/**
 * ImageProjectiveTransformV3: output (x, y) comes from (a0·x + a1·y + a2, b0·x + b1·y + b2) / (c0·x + c1·y + 1), mixed of the
 * four pixels around it or the nearest, by Gather: GridSample knows neither a fill value nor this way to wrap.
 *
 * Deviation: of a batch tfjs's cpu kernel transforms the first image alone; the file all of them, as TensorFlow and tfjs's
 * other backends do.
 */
export const convertImageProjectiveTransform: OpConverter = (op) => {
  const given = op.tensor('images');
  const image = op.cast(given, 'float32');
  const [height, width] = op.numbers('outputShape');
  const pixels = new Pixels(op, image);
  const fill = op.cast(op.tensor('fillValue'), 'float32');
  const transforms = op.tensor('transforms'); // (batch or 1, 8)
  const term = (index: number): Value =>
    op.emit('Unsqueeze', [
      op.emit('Slice', [transforms, op.ints('from', [index]), op.ints('to', [index + 1]), op.ints('axis', [1])]),
      op.ints('column_axis', [2]),
    ]);
  const columns = op.constant('columns', () => floatTensor([1, 1, width], range(0, width)));
  const rows = op.constant('rows', () => floatTensor([1, height, 1], range(0, height)));
  const plane = (index: number, last: Value): Value => {
    const slope = op.emit('Add', [op.emit('Mul', [term(index), columns]), op.emit('Mul', [term(index + 1), rows])]);
    return op.emit('Add', [slope, last]);
  };
  const projection = plane(6, op.scalar('one', 1));
  const infinite = op.emit('Equal', [projection, op.scalar('zero', 0)]);
  const divisor = op.emit('Where', [infinite, op.scalar('one', 1), projection]);
  const x = mapped(op, op.emit('Div', [plane(0, term(2)), divisor]), pixels.lastColumn);
  const y = mapped(op, op.emit('Div', [plane(3, term(5)), divisor]), pixels.lastRow);
  const batch = op.emit('Squeeze', [sizeOf(op, image, 0), op.ints('only', [0])]);
  const zero = placeAt(op, 0);
  const step = placeAt(op, 1);
  const along = op.emit('Unsqueeze', [op.emit('Range', [zero, batch, step]), op.ints('grid_axes', [1, 2])]);

  const value = op.text('interpolation').toLowerCase() === 'nearest' ? nearest() : bilinear();
  const filled = op.emit('Where', [op.emit('Unsqueeze', [infinite, op.ints('channel_axis', [-1])]), fill, value]);
  return op.cast(filled, given.type);

  /** The pixels at whole places, the fill value outside. */
  function read(row: Value, column: Value): Value {
    const inside = op.emit('And', [pixels.inside(row, pixels.lastRow), pixels.inside(column, pixels.lastColumn)]);
    return op.emit('Where', [
      op.emit('Unsqueeze', [inside, op.ints('channel_axis', [-1])]),
      pixels.at(along, row, column),
      fill,
    ]);
  }

  function nearest(): Value {
    const half = op.scalar('half', 0.5);
    const [row, column] = [y, x].map((place) => op.emit('Floor', [op.emit('Add', [place, half])]));
    return read(row, column);
  }

  function bilinear(): Value {
    const one = op.scalar('one', 1);
    const [top, left] = [y, x].map((place) => op.emit('Floor', [place]));
    const [bottom, right] = [top, left].map((place) => op.emit('Add', [place, one]));
    const weighted = (a: Value, b: Value, place: Value, start: Value, end: Value): Value => {
      const [near, far] = [op.emit('Sub', [end, place]), op.emit('Sub', [place, start])].map((part) =>
        op.emit('Unsqueeze', [part, op.ints('channel_axis', [-1])]),
      );
      return op.emit('Add', [op.emit('Mul', [near, a]), op.emit('Mul', [far, b])]);
    };
    const above = weighted(read(top, left), read(top, right), x, left, right);
    const below = weighted(read(bottom, left), read(bottom, right), x, left, right);
    return weighted(above, below, y, top, bottom);
  }
};

/** Places outside the image by the node's fill mode; `last` is the image's size less one. */
function mapped(op: OpScope, place: Value, last: Value): Value {
  const mode = op.text('fillMode').toLowerCase();
  const [zero, one] = [op.scalar('zero', 0), op.scalar('one', 1)];
  const size = op.emit('Add', [last, one]);
  const clamp = (value: Value): Value => op.emit('Min', [op.emit('Max', [value, zero]), last]);
  const cut = (value: Value): Value =>
    op.emit('Mul', [op.emit('Sign', [value]), op.emit('Floor', [op.emit('Abs', [value])])]);
  const choose = (low: Value, high: Value): Value =>
    clamp(
      op.emit('Where', [
        op.emit('Less', [place, zero]),
        low,
        op.emit('Where', [op.emit('Greater', [place, last]), high, place]),
      ]),
    );
  const negative = op.emit('Neg', [place]);
  if (mode === 'constant' || mode === '') return place;
  if (mode === 'nearest') return clamp(place);
  if (mode === 'wrap') {
    const period = op.emit('Max', [last, one]);
    const low = op.emit('Add', [
      place,
      op.emit('Mul', [size, op.emit('Add', [cut(op.emit('Div', [negative, period])), one])]),
    ]);
    return choose(low, op.emit('Sub', [place, op.emit('Mul', [size, cut(op.emit('Div', [place, period]))])]));
  }
  if (mode !== 'reflect') throw op.refusal(`fill mode "${mode}"`, 'CONSTANT, NEAREST, REFLECT, WRAP');
  const twice = op.emit('Add', [size, size]);
  const under = op.emit('Add', [place, op.emit('Mul', [twice, cut(op.emit('Div', [negative, twice]))])]);
  const mirrored = op.emit('Sub', [op.emit('Neg', [under]), one]);
  const low = op.emit('Where', [
    op.emit('Less', [under, op.emit('Neg', [size])]),
    op.emit('Add', [under, twice]),
    mirrored,
  ]);
  const over = op.emit('Sub', [place, op.emit('Mul', [twice, cut(op.emit('Div', [place, twice]))])]);
  const back = op.emit('Sub', [op.emit('Sub', [twice, over]), one]);
  return choose(low, op.emit('Where', [op.emit('GreaterOrEqual', [over, size]), back, over]));
}
