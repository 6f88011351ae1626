/** Floats of a block of rows that is gone through channel by channel: three such blocks fit into the first cache. */
const BLOCK: u32 = 2048;

/**
 * Batch normalisation over the last axis by the batch's own mean and (biased) variance, all sums and products in double
 * precision: y = (x − mean) · gamma / √(variance + ε) + beta.
 *
 * @param x (rows, channels)
 * @param y (rows, channels), written
 * @param mean (channels), written
 * @param variance (channels), written
 * @param exactMean (channels) doubles, written, for the gradient: Σ dy · (x − mean) multiplies what single precision
 *   leaves out of the mean by Σ dy
 * @param scratch 3 · channels doubles
 */
export function batchNorm(
  x: usize,
  gamma: usize,
  beta: usize,
  y: usize,
  mean: usize,
  variance: usize,
  exactMean: usize,
  scratch: usize,
  rows: u32,
  channels: u32,
  epsilon: f64,
): void {
  const scale = scratch;
  const shift = scratch + 8 * channels;
  const nothing = scratch + 16 * channels;
  memory.fill(nothing, 0, 8 * channels);
  sums(x, x, scale, shift, rows, channels);
  for (let c: u32 = 0; c < channels; c++) {
    const average = load<f64>(scale + 8 * c) / rows;
    const spread = Math.max(load<f64>(shift + 8 * c) / rows - average * average, 0);
    const factor = load<f32>(gamma + 4 * c) / Math.sqrt(spread + epsilon);
    store<f32>(mean + 4 * c, <f32>average);
    store<f64>(exactMean + 8 * c, average);
    store<f32>(variance + 4 * c, <f32>spread);
    store<f64>(scale + 8 * c, factor);
    store<f64>(shift + 8 * c, load<f32>(beta + 4 * c) - average * factor);
  }
  combine(x, x, y, scale, nothing, shift, rows, channels);
}

/**
 * Its gradient, in double precision too. With x̂ = (x − mean) / σ and σ = √(variance + ε): dbeta = Σ dy, dgamma = Σ dy · x̂,
 * dx = gamma / σ · (dy − dbeta / rows − x̂ · dgamma / rows).
 *
 * @param dy (rows, channels)
 * @param x (rows, channels)
 * @param dx (rows, channels), written
 * @param dgamma (channels), written
 * @param dbeta (channels), written
 * @param scratch 3 · channels doubles
 */
export function batchNormGradient(
  dy: usize,
  x: usize,
  gamma: usize,
  exactMean: usize,
  variance: usize,
  dx: usize,
  dgamma: usize,
  dbeta: usize,
  scratch: usize,
  rows: u32,
  channels: u32,
  epsilon: f64,
): void {
  const ofSlope = scratch;
  const ofX = scratch + 8 * channels;
  const constant = scratch + 16 * channels;
  sums(dy, x, ofSlope, ofX, rows, channels);
  for (let c: u32 = 0; c < channels; c++) {
    const sum = load<f64>(ofSlope + 8 * c);
    const average = load<f64>(exactMean + 8 * c);
    const deviation = Math.sqrt(load<f32>(variance + 4 * c) + epsilon);
    const slope = (load<f64>(ofX + 8 * c) - average * sum) / deviation;
    const factor = load<f32>(gamma + 4 * c) / deviation;
    const factorOfX = (-factor * slope) / (rows * deviation);
    store<f32>(dgamma + 4 * c, <f32>slope);
    store<f32>(dbeta + 4 * c, <f32>sum);
    store<f64>(ofSlope + 8 * c, factor);
    store<f64>(ofX + 8 * c, factorOfX);
    store<f64>(constant + 8 * c, (-factor * sum) / rows - factorOfX * average);
  }
  combine(dy, x, dx, ofSlope, ofX, constant, rows, channels);
}

/** sum[c] = Σ a[r, c] and products[c] = Σ a[r, c] · b[r, c] over the rows r. */
function sums(a: usize, b: usize, sum: usize, products: usize, rows: u32, channels: u32): void {
  memory.fill(sum, 0, 8 * channels);
  memory.fill(products, 0, 8 * channels);
  const stride = 4 * channels;
  const vectors = channels & ~3;
  const block = rowsOfBlock(channels);
  for (let first: u32 = 0; first < rows; first += block) {
    const count = min(block, rows - first);
    for (let c: u32 = 0; c < vectors; c += 4) {
      let sumLow = v128.load(sum + 8 * c);
      let sumHigh = v128.load(sum + 8 * c, 16);
      let productsLow = v128.load(products + 8 * c);
      let productsHigh = v128.load(products + 8 * c, 16);
      let at = first * stride + 4 * c;
      for (let row: u32 = 0; row < count; row++, at += stride) {
        const four = v128.load(a + at);
        const others = v128.load(b + at);
        const low = lowDoubles(four);
        const high = highDoubles(four);
        sumLow = f64x2.add(sumLow, low);
        sumHigh = f64x2.add(sumHigh, high);
        productsLow = f64x2.add(productsLow, f64x2.mul(low, lowDoubles(others)));
        productsHigh = f64x2.add(productsHigh, f64x2.mul(high, highDoubles(others)));
      }
      v128.store(sum + 8 * c, sumLow);
      v128.store(sum + 8 * c, sumHigh, 16);
      v128.store(products + 8 * c, productsLow);
      v128.store(products + 8 * c, productsHigh, 16);
    }
    for (let c = vectors; c < channels; c++) {
      let total = load<f64>(sum + 8 * c);
      let ofProducts = load<f64>(products + 8 * c);
      let at = first * stride + 4 * c;
      for (let row: u32 = 0; row < count; row++, at += stride) {
        const value: f64 = load<f32>(a + at);
        total += value;
        ofProducts += value * load<f32>(b + at);
      }
      store<f64>(sum + 8 * c, total);
      store<f64>(products + 8 * c, ofProducts);
    }
  }
}

/** into[r, c] = a[r, c] · ofA[c] + b[r, c] · ofB[c] + constant[c]. */
function combine(
  a: usize,
  b: usize,
  into: usize,
  ofA: usize,
  ofB: usize,
  constant: usize,
  rows: u32,
  channels: u32,
): void {
  const stride = 4 * channels;
  const vectors = channels & ~3;
  const block = rowsOfBlock(channels);
  for (let first: u32 = 0; first < rows; first += block) {
    const count = min(block, rows - first);
    for (let c: u32 = 0; c < vectors; c += 4) {
      const ofALow = v128.load(ofA + 8 * c);
      const ofAHigh = v128.load(ofA + 8 * c, 16);
      const low = v128.load(constant + 8 * c);
      const high = v128.load(constant + 8 * c, 16);
      let at = first * stride + 4 * c;
      const ofBLow = v128.load(ofB + 8 * c);
      const ofBHigh = v128.load(ofB + 8 * c, 16);
      for (let row: u32 = 0; row < count; row++, at += stride) {
        const four = v128.load(a + at);
        const others = v128.load(b + at);
        const sumLow = f64x2.add(low, f64x2.mul(lowDoubles(four), ofALow));
        const sumHigh = f64x2.add(high, f64x2.mul(highDoubles(four), ofAHigh));
        const allLow = f64x2.add(sumLow, f64x2.mul(lowDoubles(others), ofBLow));
        const allHigh = f64x2.add(sumHigh, f64x2.mul(highDoubles(others), ofBHigh));
        v128.store(into + at, floats(allLow, allHigh));
      }
    }
    for (let c = vectors; c < channels; c++) {
      const factorOfA = load<f64>(ofA + 8 * c);
      const factorOfB = load<f64>(ofB + 8 * c);
      const offset = load<f64>(constant + 8 * c);
      let at = first * stride + 4 * c;
      for (let row: u32 = 0; row < count; row++, at += stride)
        store<f32>(into + at, <f32>(load<f32>(a + at) * factorOfA + load<f32>(b + at) * factorOfB + offset));
    }
  }
}

function rowsOfBlock(channels: u32): u32 {
  return max<u32>(BLOCK / channels, 1);
}

/** The first two and the last two of four floats as doubles, and doubles as four floats. */
function lowDoubles(four: v128): v128 {
  return f64x2.promote_low_f32x4(four);
}

function highDoubles(four: v128): v128 {
  return f64x2.promote_low_f32x4(i32x4.shuffle(four, four, 2, 3, 2, 3));
}

function floats(low: v128, high: v128): v128 {
  return i32x4.shuffle(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 1, 4, 5);
}
