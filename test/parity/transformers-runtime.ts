import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { transformersFolder } from '../../onnx/index.js';
import { probabilitiesOfProcess } from './runtime-process.js';
import type { FileKind } from './runtimes.js';
import { clipRateHz, type SpokenClip } from './spoken-clips.js';
import type { Subject } from './subject.js';

const script = `
  import { readFileSync } from 'node:fs';
  import { env, pipeline } from '@huggingface/transformers';
  const [root, dtype, ...clips] = process.argv.slice(1);
  Object.assign(env, { localModelPath: root, allowRemoteModels: false });
  const classify = await pipeline('audio-classification', 'emotions', { dtype });
  const rows = [];
  for (const clip of clips) {
    const answer = await classify(new Float32Array(new Uint8Array(readFileSync(clip)).buffer), { top_k: null });
    rows.push(Object.fromEntries(answer.map(({ label, score }) => [label, score])));
  }
  process.stdout.write(JSON.stringify(rows));
`;

/** The folder of `--layout transformers` in transformers.js, which takes the softmax itself. */
export const transformersAnswers = (subject: Subject, { precision }: FileKind, clips: readonly SpokenClip[]) =>
  probabilitiesOfProcess(subject, clips, async (folder) => {
    const model = await subject.logitsFile(precision);
    const { labels } = subject;
    for (const [path, content] of Object.entries(
      transformersFolder({ model, labels, sampleRateHz: clipRateHz, precision }),
    )) {
      const file = join(folder, 'emotions', path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, content);
    }
    return {
      program: process.execPath,
      args: ['--input-type=module', '--eval', script, '--', folder, precision],
      cwd: process.env.SERKIT_TRANSFORMERS,
    };
  });
