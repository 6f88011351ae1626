/**
 * A polyphase filter: sample n of the output lies at input position n · down / up, and is the input there weighted by the
 * row of that position's fraction. Pointers are bytes from the start of the memory that the host gives.
 *
 * @param input from the first sample that the first output needs on
 * @param weights (up, taps) float32
 * @param output (count), written
 * @param taps a multiple of 16
 * @param phase fraction of the first output's position, in parts of `up`
 */
export function polyphase(
  input: usize,
  weights: usize,
  output: usize,
  count: u32,
  taps: u32,
  up: u32,
  down: u32,
  phase: u32,
): void {
  const step: usize = down / up;
  const fraction = down % up;
  for (const end = output + 4 * count; output < end; output += 4) {
    let x = input;
    let w = weights + 4 * taps * phase;
    let a = f32x4.splat(0);
    let b = a;
    let c = a;
    let d = a;
    for (const last = w + 4 * taps; w < last; w += 64, x += 64) {
      a = f32x4.add(a, f32x4.mul(v128.load(w), v128.load(x)));
      b = f32x4.add(b, f32x4.mul(v128.load(w, 16), v128.load(x, 16)));
      c = f32x4.add(c, f32x4.mul(v128.load(w, 32), v128.load(x, 32)));
      d = f32x4.add(d, f32x4.mul(v128.load(w, 48), v128.load(x, 48)));
    }
    const sum = f32x4.add(f32x4.add(a, b), f32x4.add(c, d));
    const pairs = f32x4.add(sum, v128.shuffle<f64>(sum, sum, 1, 0));
    store<f32>(output, f32x4.extract_lane(pairs, 0) + f32x4.extract_lane(pairs, 1));
    phase += fraction;
    input += 4 * step;
    if (phase < up) continue;
    phase -= up;
    input += 4;
  }
}
