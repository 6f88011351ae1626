import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import meydaModule from 'meyda';
import { analyseFrames } from '../pipeline/features/frames.js';
import type { FeaturesTask } from './features-task.js';

/**
 * The process of a contestant that runs on Node; bench/peers/features_mel.py is its like in Python. The first line on
 * stdout says what it computes, then each `{"times": n}` on stdin is answered with the milliseconds of n times.
 */
const task = JSON.parse(process.argv[2]) as FeaturesTask;
const bytes = readFileSync(task.signal);
const signal = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
const say = (answer: object) => console.log(JSON.stringify(answer));

/** Meyda as its readers use it: its settings, then `extract` a frame. */
function withMeyda(): Float32Array {
  const { windowSamples, hopSamples, sampleRateHz, melBands } = task;
  const meyda = meydaModule as unknown as { extract(feature: string, frame: Float32Array): number[] };
  Object.assign(meyda, { bufferSize: windowSamples, sampleRate: sampleRateHz, melBands });
  const frames: number[][] = [];
  for (let start = 0; start + windowSamples <= signal.length; start += hopSamples)
    frames.push(meyda.extract('melBands', signal.subarray(start, start + windowSamples)));
  return Float32Array.from(frames.flat());
}

const compute =
  task.library === 'meyda' ? withMeyda : () => analyseFrames(signal, task.hopSamples, { ...task, feature: 'melBands' });

say({ values: compute().length, versions: {} });
for await (const line of createInterface({ input: process.stdin })) {
  const milliseconds = Array.from({ length: JSON.parse(line).times }, () => {
    const started = performance.now();
    compute();
    return performance.now() - started;
  });
  say({ milliseconds });
}
