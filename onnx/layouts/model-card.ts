import type { TransformersOptions } from './transformers.js';

/** The README of a folder for transformers.js. `path` is the model's in the folder. */
export function modelCard(options: TransformersOptions & { path: string; precision: string }): string {
  const { title = 'Speech emotion recognition', labels, sampleRateHz, dataLicence, attribution, notes = [] } = options;
  const rights = [
    ...(dataLicence
      ? [`The weights were made from data under: ${dataLicence}. Its conditions hold for them too.`]
      : []),
    ...(attribution ? [`Attribution: ${attribution}`] : []),
  ];
  return `${[
    header,
    `# ${title}`,
    `Recognises ${labels.join(', ')} in speech. The file takes samples at ${sampleRateHz} Hz, mono, −1…1, of any length; everything ` +
      'from them to the answer is in it. Clips in one batch have one length.',
    ...notes,
    '## In JavaScript',
    javascript(options.precision),
    '## In Python',
    python(options.path, sampleRateHz),
    ...(rights.length > 0 ? ['## Licence', ...rights] : []),
  ].join('\n\n')}\n`;
}

const header = `---
library_name: transformers.js
pipeline_tag: audio-classification
tags: [onnx, audio-classification, speech-emotion-recognition]
---`;

const javascript = (precision: string): string => `\`\`\`js
import { env, pipeline } from '@huggingface/transformers';

env.localModelPath = './'; // the folder that holds this one
env.allowRemoteModels = false;
const classify = await pipeline('audio-classification', 'THIS-FOLDER', { dtype: '${precision}' });
console.log(await classify(samples, { top_k: null })); // a Float32Array, or in a browser the address of a recording
\`\`\``;

const python = (path: string, sampleRateHz: number): string => `\`\`\`python
import json, wave
import numpy as np, onnxruntime

labels = json.load(open("config.json"))["id2label"]
session = onnxruntime.InferenceSession("${path}", providers=["CPUExecutionProvider"])
with wave.open("speech.wav") as clip:  # mono, 16 bit
    assert (clip.getframerate(), clip.getnchannels(), clip.getsampwidth()) == (${sampleRateHz}, 1, 2)
    samples = np.frombuffer(clip.readframes(clip.getnframes()), "<i2").astype(np.float32) / 32768
logits = session.run(["logits"], {"input_values": samples[None]})[0][0]
probabilities = np.exp(logits - logits.max()) / np.exp(logits - logits.max()).sum()
print({labels[str(i)]: float(p) for i, p in enumerate(probabilities)})
\`\`\``;
