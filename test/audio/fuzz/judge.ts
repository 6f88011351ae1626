import seedrandom from 'seedrandom';
import { loadAudio } from '../../../pipeline/audio/index.js';
import { intactFiles } from './intact.js';
import { mutate } from './mutate.js';

/** What became of a mutated file. */
export interface Verdict {
  kind: 'sound' | 'refused' | 'wrong';
  /** The refusal, or what is wrong. */
  reason: string;
  file: string;
}

const NAME = 'some file';
const RATE_HZ = 16_000;
/** No file here is larger than this; what it may take on the way, several decoders and the resampler included. */
const MOST_MEGABYTES = 200;

/** One case: its seed says all, so that it can be looked at again. */
export function caseBytes(seed: string): { file: string; bytes: Uint8Array } {
  const random = seedrandom(seed);
  const file = intactFiles[Math.floor(random() * intactFiles.length)];
  return { file: file.name, bytes: mutate(file, random, intactFiles) };
}

/** Sound that is finite, or one line that names the file, of the right class; and no more memory than is sensible. */
export async function judge(seed: string): Promise<Verdict> {
  const { file, bytes } = caseBytes(seed);
  const before = process.resourceUsage().maxRSS;
  const verdict = await outcome(bytes);
  const grownMegabytes = (process.resourceUsage().maxRSS - before) / 1024;
  if (grownMegabytes > MOST_MEGABYTES)
    return { kind: 'wrong', reason: `took ${Math.round(grownMegabytes)} MB for ${bytes.length} bytes`, file };
  return { ...verdict, file };
}

async function outcome(bytes: Uint8Array): Promise<Omit<Verdict, 'file'>> {
  try {
    const { samples } = await loadAudio(bytes, NAME, RATE_HZ);
    const isSound = samples.length > 0 && samples.every(Number.isFinite);
    return isSound ? { kind: 'sound', reason: '' } : { kind: 'wrong', reason: 'samples that are no sound' };
  } catch (error) {
    const isOurs = error instanceof SyntaxError || error instanceof RangeError;
    if (isOurs && /^some file: [^\n]+$/.test(error.message)) return { kind: 'refused', reason: error.message };
    return { kind: 'wrong', reason: error instanceof Error ? `${error.stack}` : String(error) };
  }
}
