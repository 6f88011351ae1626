import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { decodeAudio, load, type Recognizer } from '../inference/node.js';
import { packageVersion } from '../pipeline/workflows/package-version.js';
import type { InferenceAnswer, InferenceQuestion, InferenceTask, Stages } from './inference-contest.js';

/** Ours in `npm run bench:inference`; bench/peers/librosa_infer.py is its like in Python, and says how it is asked. */

const task = JSON.parse(process.argv[2]) as InferenceTask;
const say = (answer: object) => console.log(JSON.stringify(answer));

const recognizers = new Map<string, Recognizer>();
for (const [name, path] of Object.entries(task.models))
  recognizers.set(name, await load(path, { provider: 'cpu', threads: task.threads }));

async function classify(recognizer: Recognizer, bytes: Uint8Array) {
  const start = performance.now();
  const { samples, sampleRateHz } = await decodeAudio(bytes, 'clip');
  const decoded = performance.now();
  const { label, probabilities, timings } = await recognizer.classify(samples, { sampleRateHz });
  const milliseconds: Stages = {
    decode: decoded - start,
    resample: timings.resampleMilliseconds,
    features: timings.featuresMilliseconds,
    model: timings.modelMilliseconds,
    total: performance.now() - start,
  };
  return { label, probabilities, milliseconds };
}

if (task.coldClip !== undefined) {
  const [recognizer] = recognizers.values();
  say(await classify(recognizer, await readFile(task.coldClip)));
  process.exit();
}

say({ versions: { serkit: await packageVersion(), node: process.version } });
for await (const line of createInterface({ input: process.stdin })) {
  const { model, clip, repeat } = JSON.parse(line) as InferenceQuestion;
  const bytes = await readFile(clip);
  const recognizer = recognizers.get(model)!;
  let last = await classify(recognizer, bytes); // not counted
  const milliseconds: Stages[] = [];
  for (let i = 0; i < repeat; i++) {
    last = await classify(recognizer, bytes);
    milliseconds.push(last.milliseconds);
  }
  say({ ...last, milliseconds } satisfies InferenceAnswer);
}
process.exit();
