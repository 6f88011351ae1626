import { readFile } from 'node:fs/promises';
import { decodeAudio, load } from '../inference/node.js';
import type { Reporter } from '../pipeline/workflows/reporter.js';

/** What a stream costs, in processor time of all threads. */
export interface StreamCost {
  model: string;
  hopSeconds: number;
  results: number;
  /** Of the processor, for each second of sound. */
  millisecondsPerSecond: number;
}

const HOPS_SECONDS = [0.25, 0.5, 1];
const STREAM_SECONDS = 60;
/** As a browser's AudioWorklet gives them. */
const BLOCK_SAMPLES = 128;

/** The clip again and again for a minute, in small blocks, into `recognizer.stream`, as fast as it takes them. */
export async function streamCosts(
  models: Record<string, string>,
  clip: string,
  reporter: Reporter,
): Promise<StreamCost[]> {
  const { samples, sampleRateHz } = await decodeAudio(await readFile(clip), clip);
  const costs: StreamCost[] = [];
  for (const [model, path] of Object.entries(models)) {
    const recognizer = await load(path, { provider: 'cpu', threads: 1 });
    for (const hopSeconds of HOPS_SECONDS) {
      reporter.progress(
        'stream',
        costs.length,
        HOPS_SECONDS.length * Object.keys(models).length,
        `${model} ${hopSeconds} s`,
      );
      const run = async (seconds: number): Promise<number> => {
        let results = 0;
        const blocks = ReadableStream.from(blocksOf(samples, seconds * sampleRateHz));
        for await (const _ of blocks.pipeThrough(recognizer.stream({ sampleRateHz, hopSeconds, gate: false })))
          results++;
        return results;
      };
      await run(5); // not counted
      const before = process.cpuUsage();
      const results = await run(STREAM_SECONDS);
      const { user, system } = process.cpuUsage(before);
      costs.push({ model, hopSeconds, results, millisecondsPerSecond: (user + system) / 1000 / STREAM_SECONDS });
    }
    await recognizer.dispose();
  }
  reporter.progress('stream', costs.length, costs.length);
  return costs;
}

function* blocksOf(samples: Float32Array, count: number): Generator<Float32Array> {
  for (let at = 0; at < count; at += BLOCK_SAMPLES) {
    const start = at % (samples.length - BLOCK_SAMPLES);
    yield samples.subarray(start, start + BLOCK_SAMPLES);
  }
}
