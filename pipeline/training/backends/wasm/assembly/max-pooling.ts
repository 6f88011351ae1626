/**
 * Max pooling that remembers where each maximum was. Of equal values the first is taken.
 *
 * @param x (batch, inHeight, inWidth, channels)
 * @param y (batch, outHeight, outWidth, channels), written
 * @param taken like y, written: which element of its image each maximum was
 */
export function maxPool(
  x: usize,
  y: usize,
  taken: usize,
  batch: i32,
  inHeight: i32,
  inWidth: i32,
  channels: i32,
  outHeight: i32,
  outWidth: i32,
  height: i32,
  width: i32,
  strideHeight: i32,
  strideWidth: i32,
  top: i32,
  left: i32,
): void {
  const imageBytes = <usize>4 * inHeight * inWidth * channels;
  const vectors = channels & ~3;
  let out: usize = 0; // bytes
  for (let n = 0; n < batch; n++, x += imageBytes)
    for (let row = 0; row < outHeight; row++) {
      const firstRow = max(row * strideHeight - top, 0);
      const endRow = min(row * strideHeight - top + height, inHeight);
      for (let column = 0; column < outWidth; column++, out += 4 * channels) {
        const firstColumn = max(column * strideWidth - left, 0);
        const endColumn = min(column * strideWidth - left + width, inWidth);
        const first = (firstRow * inWidth + firstColumn) * channels;
        for (let c = 0; c < vectors; c += 4) {
          let largest = v128.load(x + 4 * (first + c));
          let index = i32x4.splat(first);
          for (let i = firstRow; i < endRow; i++)
            for (let j = firstColumn; j < endColumn; j++) {
              const from = (i * inWidth + j) * channels;
              const values = v128.load(x + 4 * (from + c));
              const larger = f32x4.gt(values, largest);
              largest = v128.bitselect(values, largest, larger);
              index = v128.bitselect(i32x4.splat(from), index, larger);
            }
          v128.store(y + out + 4 * c, largest);
          v128.store(taken + out + 4 * c, i32x4.add(index, i32x4.add(i32x4.splat(c), i32x4(0, 1, 2, 3))));
        }
        for (let c = vectors; c < channels; c++) {
          let largest = load<f32>(x + 4 * (first + c));
          let index = first;
          for (let i = firstRow; i < endRow; i++)
            for (let j = firstColumn; j < endColumn; j++) {
              const from = (i * inWidth + j) * channels;
              const value = load<f32>(x + 4 * (from + c));
              if (!(value > largest)) continue;
              largest = value;
              index = from;
            }
          store<f32>(y + out + 4 * c, largest);
          store<i32>(taken + out + 4 * c, index + c);
        }
      }
    }
}

/**
 * Its gradient: dx[taken] += dy, the others 0; an image at a time, while it is in the cache.
 *
 * @param dy (batch, outputs)
 * @param taken (batch, outputs)
 * @param dx (batch, inputs), written
 */
export function maxPoolGradient(dy: usize, taken: usize, dx: usize, batch: u32, inputs: u32, outputs: u32): void {
  for (let n: u32 = 0; n < batch; n++) {
    memory.fill(dx, 0, 4 * inputs);
    for (let end = dy + 4 * outputs; dy < end; dy += 4, taken += 4) {
      const at = dx + 4 * load<u32>(taken);
      store<f32>(at, load<f32>(at) + load<f32>(dy));
    }
    dx += 4 * inputs;
  }
}
