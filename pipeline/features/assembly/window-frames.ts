/**
 * Four frames × window, sample by sample side by side.
 *
 * @param frames (4, size) one after the other
 * @param window (size)
 * @param windowed (size) of four frames, written
 * @param size a multiple of 4
 */
export function windowFrames(frames: usize, window: usize, windowed: usize, size: u32): void {
  const frameBytes: usize = 4 * size;
  for (const end = frames + frameBytes; frames < end; frames += 16, window += 16, windowed += 64) {
    const weights = v128.load(window);
    const a = f32x4.mul(v128.load(frames), weights);
    const b = f32x4.mul(v128.load(frames + frameBytes), weights);
    const c = f32x4.mul(v128.load(frames + 2 * frameBytes), weights);
    const d = f32x4.mul(v128.load(frames + 3 * frameBytes), weights);
    const ab = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
    const cd = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
    const ab2 = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
    const cd2 = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
    v128.store(windowed, v128.shuffle<f64>(ab, cd, 0, 2));
    v128.store(windowed, v128.shuffle<f64>(ab, cd, 1, 3), 16);
    v128.store(windowed, v128.shuffle<f64>(ab2, cd2, 0, 2), 32);
    v128.store(windowed, v128.shuffle<f64>(ab2, cd2, 1, 3), 48);
  }
}
