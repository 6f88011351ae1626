import { stat } from 'node:fs/promises';
import { workerData } from 'piscina';
import { load, type Provider } from '../../inference/node.js';
import { loadAudio } from '../audio/index.js';
import type { Outcome } from './answer-table.js';
import { readRecording } from './read-recording.js';

/** A thread of `predictFolder`: one model, one recording at a time. */

const { bytes, provider } = workerData as { bytes: Uint8Array; provider: Provider };
const recognizer = await load(bytes, { provider, threads: 1 });
const { sampleRateHz } = recognizer.metadata;

/** What is larger would take the memory of the recordings beside it. */
const mostBytes = 2 ** 30;
const maxSeconds = 3600;

/** Never rejects because of the recording: what is wrong with it is an answer too. */
export default async function answer(file: string): Promise<Outcome> {
  let state: Pick<Outcome, 'bytes' | 'modified'> = {};
  try {
    const found = await stat(file).catch(() => undefined); // the reading says why
    if (found && found.size > mostBytes)
      throw new RangeError(`${file}: is ${found.size} bytes (supported: up to ${mostBytes})`);
    const content = await readRecording(file);
    state = { bytes: found?.size, modified: found?.mtime.toISOString() };
    const { samples } = await loadAudio(content, file, sampleRateHz, { maxSeconds });
    const { label, unsure, probabilities, warnings } = await recognizer.classify(samples, { sampleRateHz });
    return { ...state, label, unsure, probabilities, warnings };
  } catch (error) {
    const { message } = error as Error;
    return { ...state, error: message.startsWith(`${file}: `) ? message.slice(file.length + 2) : message };
  }
}
