import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { load } from '../../inference/node.js';
import { encodeWav } from '../../pipeline/audio/index.js';
import { uniformNoise } from '../features/signals.js';
import { describeWith } from '../support/needs.js';
import { fromRoot } from '../support/paths.js';
import { tinyFile, tinyMetadata } from './tiny.js';
import { tinyWaveformFile } from './tiny-waveform.js';

describeWith('python-onnxruntime', "README's lines of Python", () => {
  test('give the probabilities that serkit gives', async () => {
    const { labels, sampleRateHz } = tinyMetadata;
    const [, python] = readFileSync(fromRoot('README.md'), 'utf8').match(/```python\n([\s\S]*?)```/)!;
    const clip = Float32Array.from(uniformNoise(5000, 11), (value) => Math.round(value * 16_384) / 32_768);
    const recognizer = await load(await tinyFile());
    const { probabilities: expected } = await recognizer.classify(clip, { sampleRateHz });
    await recognizer.dispose();
    const folder = mkdtempSync(join(tmpdir(), 'serkit-python-'));
    try {
      writeFileSync(join(folder, 'emotions.onnx'), await tinyWaveformFile());
      writeFileSync(join(folder, 'speech.wav'), encodeWav(clip, sampleRateHz));
      const args = ['-c', python];
      const printed = execFileSync(process.env.SERKIT_PYTHON ?? 'python3', args, { cwd: folder, encoding: 'utf8' });
      const actual: Record<string, number> = JSON.parse(printed.replaceAll("'", '"'));
      expect(Object.keys(actual)).toEqual(labels);
      expect(Object.values(actual)).toBeAllClose(Object.values(expected), { absolute: 1e-6 }); // seen: 6e-8
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
