import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Clip } from '../../pipeline/datasets/index.js';
import { readEach } from '../../pipeline/extraction/feature-files.js';
import { featureShape, fitNormalisation } from '../../pipeline/features/index.js';
import { examplesFromFiles } from '../../pipeline/training/file-dataset.js';
import { extract, extractFiles, toDataset, toFileDataset } from '../../pipeline/workflows/prepare-examples.js';
import { noiseWav, tinySpec, writeClip } from '../extraction/clips.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'prepare-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('examples prepared in files', () => {
  test('are those prepared in memory: the same kept, normalisation, features and labels', async () => {
    const clips: Clip[] = [
      writeClip(folder, 'one.wav', noiseWav(1)),
      writeClip(folder, 'bad.wav', Buffer.from('no audio, and long enough to be asked whether it is a header')),
      { ...writeClip(folder, 'two.wav', noiseWav(2)), label: 'angry' },
    ];
    const examples = clips.flatMap((clip) => [0, 1].map((copy) => ({ clip, copy })));
    const lines: string[] = [];
    const reporter = { line: (text: string) => lines.push(text), progress: () => {} };
    const options = { cache: join(folder, 'cache'), seed: 3, skipBad: true, reporter };
    const inFiles = await extractFiles(examples, tinySpec, options);
    const inMemory = await extract(examples, tinySpec, options);
    expect(lines.map((line) => /^skipped \S*bad\.wav: /.test(line))).toEqual([true, true]);
    expect(inFiles.examples).toEqual([examples[0], examples[1], examples[4], examples[5]]);
    expect(inMemory.examples).toEqual(inFiles.examples);

    const shape = featureShape(tinySpec);
    const normalisation = fitNormalisation(readEach(inFiles.files, shape), shape);
    expect(normalisation).toEqual(fitNormalisation(inMemory.features, shape));
    const labels = ['angry', 'calm'];
    const expected = toDataset(inMemory, tinySpec, normalisation, labels);
    const { features, ...rest } = examplesFromFiles(toFileDataset(inFiles, shape, normalisation, labels));
    expect({ ...rest, features: [0, 1, 2, 3].map((i) => features.at(i)) }).toEqual(expected);
    expect([...rest.truth]).toEqual([1, 1, 0, 0]);
  });
});
