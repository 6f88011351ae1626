import type { Value } from '../graph.js';
import type { OpScope } from './op-scope.js';
import { sizeOf, sizeVector } from './sizes.js';

/** An image as one row a pixel, so that pixels are gathered by one number: (batch · height · width, channels). */
export class Pixels {
  readonly #rows: Value;
  readonly #height: Value;
  readonly #width: Value;
  /** The last row and column as float32. */
  readonly lastRow: Value;
  readonly lastColumn: Value;

  constructor(
    readonly op: OpScope,
    readonly image: Value,
  ) {
    const channels = sizeOf(op, image, 3);
    this.#height = sizeOf(op, image, 1);
    this.#width = sizeOf(op, image, 2);
    this.#rows = op.emit('Reshape', [image, sizeVector(op, [-1, channels])]);
    this.lastRow = this.#last(this.#height);
    this.lastColumn = this.#last(this.#width);
  }

  /** The last row and column in one, as float32 (2, 1). */
  lasts(): Value {
    const { op } = this;
    const sizes = op.emit('Shape', [this.image], { start: 1, end: 3 });
    return op.emit('Unsqueeze', [this.#last(sizes), op.ints('place_axis', [1])]);
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
    return this.atPlaces(image, within(row, this.lastRow), within(column, this.lastColumn));
  }

  /** The same at rows and columns (int64) that are within the image. */
  atPlaces(image: Value, row: Value, column: Value): Value {
    const { op } = this;
    const rows = op.emit('Add', [op.emit('Mul', [image, this.#height]), row]);
    const places = op.emit('Add', [op.emit('Mul', [rows, this.#width]), column]);
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
