/**
 * The gradient of a convolution by its filter:
 *
 *   dW[i, j, ci, co] = Σ over n, y, x of X[n, y · strideHeight + i − top, x · strideWidth + j − left, ci] · dY[n, y, x, co]
 *
 * One row of dY at a time with each row of X that it sees, copied between zeros that stand for what hangs over the edge:
 * what the kernel's row i sees at x then is one run of kw · ci floats, and the sum over x a product of two matrices that
 * are both in the cache. Sums of a row of dY first, in single precision, then over the rows.
 *
 * @param x (batch, inHeight, inWidth, inChannels)
 * @param dy (batch, outHeight, outWidth, outChannels)
 * @param dw (kernelHeight, kernelWidth, inChannels, outChannels), written
 * @param padded ((outWidth − 1) · strideWidth + kernelWidth, inChannels), scratch
 */
export function filterGradient(
  x: usize,
  dy: usize,
  dw: usize,
  padded: usize,
  batch: i32,
  inHeight: i32,
  inWidth: i32,
  inChannels: i32,
  outHeight: i32,
  outWidth: i32,
  outChannels: i32,
  kernelHeight: i32,
  kernelWidth: i32,
  strideHeight: i32,
  strideWidth: i32,
  top: i32,
  left: i32,
): void {
  const run = kernelWidth * inChannels;
  const paddedWidth = (outWidth - 1) * strideWidth + kernelWidth;
  const inside = min(inWidth, paddedWidth - left);
  memory.fill(dw, 0, 4 * kernelHeight * run * outChannels);
  memory.fill(padded, 0, 4 * paddedWidth * inChannels);
  for (let n = 0; n < batch; n++)
    for (let y = 0; y < outHeight; y++, dy += 4 * outWidth * outChannels)
      for (let i = 0; i < kernelHeight; i++) {
        const row = y * strideHeight + i - top;
        if (row < 0 || row >= inHeight) continue;
        memory.copy(
          padded + 4 * left * inChannels,
          x + <usize>4 * (n * inHeight + row) * inWidth * inChannels,
          4 * inside * inChannels,
        );
        addRow(padded, strideWidth * inChannels, run, dy, outChannels, outWidth, dw + 4 * i * run * outChannels);
      }
}

/** sum[q, c] += Σ over t < count of a[t · stride + q] · b[t, c], q < run and c < columns. */
function addRow(a: usize, stride: i32, run: i32, b: usize, columns: i32, count: i32, sum: usize): void {
  const step = <usize>4 * stride;
  const width = <usize>4 * columns;
  let q = 0;
  for (; q + 4 <= run; q += 4, a += 16, sum += 4 * width) {
    let c: usize = 0;
    for (; c + 32 <= width; c += 32) addFourByEight(a, step, b + c, width, count, sum + c);
    for (; c < width; c += 4)
      for (let k: usize = 0; k < 4; k++) addOne(a + 4 * k, step, b + c, width, count, sum + k * width + c);
  }
  for (; q < run; q++, a += 4, sum += width) {
    let c: usize = 0;
    for (; c + 32 <= width; c += 32) addOneByEight(a, step, b + c, width, count, sum + c);
    for (; c < width; c += 4) addOne(a, step, b + c, width, count, sum + c);
  }
}

function addFourByEight(a: usize, step: usize, b: usize, width: usize, count: i32, sum: usize): void {
  let s00 = f32x4.splat(0);
  let s01 = s00;
  let s10 = s00;
  let s11 = s00;
  let s20 = s00;
  let s21 = s00;
  let s30 = s00;
  let s31 = s00;
  for (; count > 0; count--, a += step, b += width) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    const a0 = v128.load_splat<f32>(a);
    s00 = f32x4.add(s00, f32x4.mul(a0, b0));
    s01 = f32x4.add(s01, f32x4.mul(a0, b1));
    const a1 = v128.load_splat<f32>(a, 4);
    s10 = f32x4.add(s10, f32x4.mul(a1, b0));
    s11 = f32x4.add(s11, f32x4.mul(a1, b1));
    const a2 = v128.load_splat<f32>(a, 8);
    s20 = f32x4.add(s20, f32x4.mul(a2, b0));
    s21 = f32x4.add(s21, f32x4.mul(a2, b1));
    const a3 = v128.load_splat<f32>(a, 12);
    s30 = f32x4.add(s30, f32x4.mul(a3, b0));
    s31 = f32x4.add(s31, f32x4.mul(a3, b1));
  }
  addEight(sum, s00, s01);
  addEight(sum + width, s10, s11);
  addEight(sum + 2 * width, s20, s21);
  addEight(sum + 3 * width, s30, s31);
}

function addOneByEight(a: usize, step: usize, b: usize, width: usize, count: i32, sum: usize): void {
  let s0 = f32x4.splat(0);
  let s1 = s0;
  for (; count > 0; count--, a += step, b += width) {
    const a0 = v128.load_splat<f32>(a);
    s0 = f32x4.add(s0, f32x4.mul(a0, v128.load(b)));
    s1 = f32x4.add(s1, f32x4.mul(a0, v128.load(b, 16)));
  }
  addEight(sum, s0, s1);
}

function addEight(sum: usize, s0: v128, s1: v128): void {
  v128.store(sum, f32x4.add(v128.load(sum), s0));
  v128.store(sum, f32x4.add(v128.load(sum, 16), s1), 16);
}

function addOne(a: usize, step: usize, b: usize, width: usize, count: i32, sum: usize): void {
  let s: f32 = 0;
  for (; count > 0; count--, a += step, b += width) s += load<f32>(a) * load<f32>(b);
  store<f32>(sum, load<f32>(sum) + s);
}
