import { compare } from '../../pipeline/workflows/parity-compare.js';
import { type Comparison, judged, skipped, toleranceOf } from '../../pipeline/workflows/parity-ways.js';
import type { FileKind, Runtime } from './runtimes.js';
import type { SpokenClip } from './spoken-clips.js';
import type { Subject } from './subject.js';

/** A runtime's answers held against the reference's, by the rules of `serkit parity`. */
export async function compareRuntime(
  { name: runtime, gpu, answer }: Runtime,
  subject: Subject,
  kind: FileKind,
  clips: readonly SpokenClip[],
  expected: Float32Array,
): Promise<Comparison> {
  const way = { runtime, gpu, ...kind };
  let probabilities: Float32Array;
  try {
    probabilities = await answer(subject, kind, clips);
  } catch (error) {
    // Not every GPU computes in halves; SwiftShader does not.
    const [lacksHalves] = (error as Error).message.match(/requires f16 but the device does not support it/) ?? [];
    if (lacksHalves === undefined || kind.precision !== 'fp16') throw error;
    return skipped(way, 'the device does not compute in float16');
  }
  const names = clips.map(({ name }) => name);
  const difference = compare(
    { probabilities: expected },
    { probabilities },
    names,
    subject.labels.length,
    toleranceOf(way),
  );
  return judged(way, difference);
}
