import seedrandom from 'seedrandom';
import { load, readModelMetadata } from '../../../inference/node.js';
import type { IntactFile } from '../../audio/fuzz/intact.js';
import { mutate, type Random } from '../../audio/fuzz/mutate.js';
import { tinyFile } from '../tiny.js';
import { tinyWaveformFile } from '../tiny-waveform.js';

/** Where a mutated model file ended, or what is wrong with how it did. */
export type ModelVerdict = 'refused by its metadata' | 'refused by load' | 'refused by classify' | 'answers' | 'wrong';

const NAME = 'model';

export async function intactModels(): Promise<IntactFile[]> {
  const file = (name: string, bytes: Uint8Array): IntactFile => ({ name, bytes, partsBegin: ['serkit.'] });
  return [file('features.onnx', await tinyFile()), file('waveform.onnx', await tinyWaveformFile())];
}

/** One line that names the file at some point, or probabilities. */
export async function judgeModel(
  seed: string,
  models: readonly IntactFile[],
): Promise<{ verdict: ModelVerdict; reason: string }> {
  const random = seedrandom(seed);
  const model = models[Math.floor(random() * models.length)];
  const bytes = random() < 0.5 ? mutate(model, random, models) : flipped(model.bytes, random);
  const metadata = refusal(() => readModelMetadata(bytes, NAME));
  if (metadata !== undefined) return verdictOn('refused by its metadata', metadata);
  const recognizer = await load(bytes, { provider: 'cpu', threads: 1 }).catch(messageOf);
  if (typeof recognizer === 'string') return verdictOn('refused by load', recognizer);
  try {
    const { sampleRateHz } = recognizer.metadata;
    const answer = await recognizer
      .classify(new Float32Array(sampleRateHz).fill(0.1), { sampleRateHz })
      .catch(messageOf);
    if (typeof answer === 'string') return verdictOn('refused by classify', answer);
    const probabilities = Object.values(answer.probabilities);
    const areNumbers = probabilities.length === recognizer.labels.length && probabilities.every(Number.isFinite);
    return { verdict: areNumbers ? 'answers' : 'wrong', reason: JSON.stringify(answer.probabilities) };
  } finally {
    await recognizer.dispose();
  }
}

/** Up to three bits: protobuf mostly still reads it, and it gets as far as onnxruntime. */
function flipped(bytes: Uint8Array, random: Random): Uint8Array {
  const changed = bytes.slice();
  for (let i = Math.floor(3 * random()); i >= 0; i--)
    changed[Math.floor(random() * bytes.length)] ^= 1 << Math.floor(8 * random());
  return changed;
}

function refusal(read: () => unknown): string | undefined {
  try {
    read();
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const verdictOn = (verdict: ModelVerdict, reason: string) =>
  /^model: [^\n]+$/.test(reason) ? { verdict, reason } : { verdict: 'wrong' as const, reason };
