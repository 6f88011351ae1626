import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { probabilitiesOfProcess } from './runtime-process.js';
import type { FileKind } from './runtimes.js';
import type { SpokenClip } from './spoken-clips.js';
import type { Subject } from './subject.js';

/** What somebody would write who has the file and no serkit. */
const script = `
import json, sys
import numpy as np, onnxruntime

session = onnxruntime.InferenceSession("model.onnx", providers=["CPUExecutionProvider"])
labels = json.loads(session.get_modelmeta().custom_metadata_map["serkit.labels"])
rows = []
for name in sys.argv[1:]:
    samples = np.fromfile(name, "<f4")
    answer = session.run(["probabilities"], {"samples": samples[None]})[0][0]
    rows.append(dict(zip(labels, answer.tolist())))
print(json.dumps(rows))
`;

/** A waveform's file in Python: metadata for the labels, samples in, probabilities out. */
export const pythonAnswers = (subject: Subject, { precision }: FileKind, clips: readonly SpokenClip[]) =>
  probabilitiesOfProcess(subject, clips, async (folder) => {
    writeFileSync(join(folder, 'model.onnx'), await subject.file('waveform', precision));
    return { program: process.env.SERKIT_PYTHON ?? 'python3', args: ['-c', script], cwd: folder };
  });
