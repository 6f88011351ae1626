import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import * as ort from 'onnxruntime-node';
import { load } from '../../../inference/node.js';
import { PROVIDER_TOLERANCE } from '../../../inference/providers/choose.js';
import { cudaMissing } from '../../../inference/providers/node-cuda.js';
import { operatorsOf, softwareAdapter } from '../../../inference/providers/node-trial.js';
import { probeOf } from '../../../inference/providers/probe.js';
import { everyNodeThere } from '../../../inference/providers/session.js';
import { uniformNoise } from '../../features/signals.js';
import { describeWith } from '../../support/needs.js';
import { fromRoot } from '../../support/paths.js';
import { tinyFile } from '../tiny.js';
import { tinyWaveformFile } from '../tiny-waveform.js';
import { fileWith, slowFile } from './hand-made.js';

const samples = Float32Array.from(uniformNoise(6000, 3));
const at8k = { sampleRateHz: 8000 };

async function answerOn(bytes: Uint8Array, provider: 'cpu' | 'webgpu') {
  const recognizer = await load(bytes, { provider });
  try {
    return { recognizer, answer: await recognizer.classify(samples, at8k) };
  } finally {
    await recognizer.dispose();
  }
}

describe('auto in Node', () => {
  test('says of every provider what came of it, and takes one', async () => {
    const recognizer = await load(await tinyFile());
    expect(recognizer.diagnostics.map(({ provider }) => provider).sort()).toEqual(['cpu', 'cuda', 'webgpu']);
    expect(recognizer.diagnostics.filter(({ outcome }) => outcome === 'chosen')).toMatchObject([
      { provider: recognizer.provider, milliseconds: expect.any(Number) },
    ]);
    await recognizer.dispose();
  });
});

if (cudaMissing())
  test('cuda where it is not there is refused with the reason and what mends it', async () => {
    await expect(load(await tinyFile(), { provider: 'cuda' })).rejects.toThrow(
      /^model: onnxruntime cannot load it on cuda: (its libraries are not linked \(mend it with: serkit link onnxruntime-cuda\)|onnxruntime-node has CUDA on linux-x64 alone, .*); provider cpu works everywhere$/,
    );
  });

test('a driver that ends its process ends the trial and nothing else, and is asked once', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'serkit-crash-'));
  try {
    const [driver, log, model] = ['driver.cjs', 'log', 'tiny.onnx'].map((name) => join(folder, name));
    writeFileSync(model, await tinyFile());
    writeFileSync(
      driver,
      `if (/node-trial-process/.test(process.argv[1])) {
        require('node:fs').appendFileSync(${JSON.stringify(log)}, 'tried ');
        process.kill(process.pid, 'SIGSEGV');
      }`,
    );
    const program = `
      import { load } from ${JSON.stringify(pathToFileURL(fromRoot('dist/inference/node.js')))};
      for (const provider of ['webgpu', 'webgpu', 'cpu'])
        await load(${JSON.stringify(model)}, { provider }).then(
          ({ provider }) => console.log(provider),
          ({ message }) => console.log(message),
        );`;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program], {
      env: { ...process.env, NODE_OPTIONS: `--require=${driver}` },
    });
    const refusal = `${model}: onnxruntime cannot load it on webgpu: it ended its process when it was tried (SIGSEGV); provider cpu works everywhere`;
    expect(stdout.trim().split('\n')).toEqual([refusal, refusal, 'cpu']);
    expect(readFileSync(log, 'utf8')).toBe('tried ');
  } finally {
    rmSync(folder, { recursive: true });
  }
});

describeWith('webgpu', 'webgpu in Node', () => {
  test('auto tries it where the CPU is slow, and refuses a software adapter by its name', async () => {
    const software = await softwareAdapter();
    const recognizer = await load(slowFile(), { threads: 1 });
    const { diagnostics } = recognizer;
    await recognizer.dispose();
    const webgpu = diagnostics.find(({ provider }) => provider === 'webgpu');
    if (software === undefined) expect(webgpu).toMatchObject({ milliseconds: expect.any(Number) });
    else
      expect(webgpu).toMatchObject({ outcome: 'refused', reason: `a software adapter, ${software}: correct and slow` });
    expect(diagnostics.at(-1)).toMatchObject({ outcome: 'chosen', milliseconds: expect.any(Number) });
  });

  test.each([
    ['features', () => tinyFile()],
    ['a waveform', () => tinyWaveformFile()],
  ])('answers as the CPU does, of a file that takes %s', async (_, file) => {
    const bytes = await file();
    const { recognizer, answer } = await answerOn(bytes, 'webgpu');
    expect(answer.provider).toBe('webgpu');
    expect(recognizer.diagnostics).toMatchObject([{ provider: 'webgpu', outcome: 'chosen' }]);
    const expected = (await answerOn(bytes, 'cpu')).answer;
    expect(Object.values(answer.probabilities)).toBeAllClose(Object.values(expected.probabilities), {
      absolute: PROVIDER_TOLERANCE,
    });
  });

  test("runs every node there: onnxruntime's own profile says so", async () => {
    const folder = mkdtempSync(join(tmpdir(), 'serkit-profile-'));
    try {
      const session = await ort.InferenceSession.create(await tinyWaveformFile(), {
        executionProviders: ['webgpu'],
        ...everyNodeThere,
        enableProfiling: true,
        profileFilePrefix: join(folder, 'profile'),
      });
      const [input] = session.inputMetadata;
      const { values, shape } = probeOf(input.isTensor ? input.shape : []);
      await session.run({ [input.name]: new ort.Tensor('float32', values, shape) });
      session.endProfiling();
      await session.release();
      const profile = readFileSync(join(folder, readdirSync(folder)[0]), 'utf8');
      expect(operatorsOf(profile, 'WebGpuExecutionProvider').length).toBeGreaterThan(3);
      expect(operatorsOf(profile, 'CPUExecutionProvider')).toEqual([]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('a file with an operator that it lacks is refused by the name of the operator, and runs on the CPU', async () => {
    await expect(load(fileWith('Selu'), { provider: 'webgpu' })).rejects.toThrow(
      'model: onnxruntime cannot load it on webgpu: it lacks Selu, which would run on the CPU; provider cpu works everywhere',
    );
    expect((await answerOn(fileWith('Selu'), 'cpu')).answer.provider).toBe('cpu');
    expect((await answerOn(fileWith('Elu'), 'webgpu')).answer.provider).toBe('webgpu');
  });
});
