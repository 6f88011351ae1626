import { floatTensor, type Value } from '../graph.js';
import { range } from '../layout.js';
import type { OpConverter, OpScope } from './op-scope.js';
import { sizeOf, sizeVector } from './sizes.js';

/** An image as one row a pixel, so that pixels are gathered by one number: (batch · height · width, channels). */
class Pixels {
  readonly #rows: Value;
  readonly #height: Value;
  readonly #width: Value;
  /** The last row and column as float32. */
  readonly lastRow: Value;
  readonly lastColumn: Value;

  constructor(
    readonly op: OpScope,
    image: Value,
  ) {
    const channels = sizeOf(op, image, 3);
    this.#height = sizeOf(op, image, 1);
    this.#width = sizeOf(op, image, 2);
    this.#rows = op.emit('Reshape', [image, sizeVector(op, [-1, channels])]);
    this.lastRow = this.#last(this.#height);
    this.lastColumn = this.#last(this.#width);
  }

  #last(size: Value): Value {
    const { op } = this;
    return op.cast(op.emit('Sub', [size, op.ints('one', [1])]), 'float32');
  }

  /** The pixels at whole rows and columns (float32), which are taken to the nearest within the image. */
  at(image: Value, row: Value, column: Value): Value {
    const { op } = this;
    const within = (place: Value, last: Value): Value =>
      op.cast(op.emit('Min', [op.emit('Max', [place, op.scalar('zero', 0)]), last]), 'int64');
    const rows = op.emit('Add', [op.emit('Mul', [image, this.#height]), within(row, this.lastRow)]);
    const places = op.emit('Add', [op.emit('Mul', [rows, this.#width]), within(column, this.lastColumn)]);
    return op.emit('Gather', [this.#rows, places], { axis: 0 });
  }

  /** Whether places are within 0 and the last. */
  inside(place: Value, last: Value): Value {
    const { op } = this;
    return op.emit('And', [
      op.emit('GreaterOrEqual', [place, op.scalar('zero', 0)]),
      op.emit('LessOrEqual', [place, last]),
    ]);
  }
}

/**
 * CropAndResize: for each box (y1, x1, y2, x2, of the image's height and width less one) a grid of crop size over it, each
 * point mixed of the four pixels around it, or the nearest; points outside the image get the extrapolation value. RoiAlign
 * places its points elsewhere, so that this is written out by Gather.
 *
 * Deviation: places are reckoned in float32, as TensorFlow does, so that points on the image's very edge may count as
 * outside in tfjs, which reckons in 64 bits, and not here.
 */
const convertCropAndResize: OpConverter = (op) => {
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

/**
 * ImageProjectiveTransformV3: output (x, y) comes from (a0·x + a1·y + a2, b0·x + b1·y + b2) / (c0·x + c1·y + 1), mixed of the
 * four pixels around it or the nearest, by Gather: GridSample knows neither a fill value nor this way to wrap.
 *
 * Deviation: of a batch tfjs's cpu kernel transforms the first image alone; the file all of them, as TensorFlow and tfjs's
 * other backends do.
 */
const convertImageProjectiveTransform: OpConverter = (op) => {
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
  const zero = op.graph.constant(`${op.name}/first`, { type: 'int64', shape: [], data: BigInt64Array.of(0n) });
  const step = op.graph.constant(`${op.name}/step`, { type: 'int64', shape: [], data: BigInt64Array.of(1n) });
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

export const sampleConverters = {
  CropAndResize: convertCropAndResize,
  ImageProjectiveTransformV3: convertImageProjectiveTransform,
} satisfies Record<string, OpConverter>;
