import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { realModelsFolder } from '../../bench/real-models-folder.js';
import { chromiumIsHere, chromiumPath } from './browser/chromium-path.js';
import { fromRoot, repositoryRoot } from './paths.js';

function succeeds(command: string, args: string[], cwd = repositoryRoot): boolean {
  return spawnSync(command, args, { stdio: 'ignore', timeout: 20_000, cwd }).status === 0;
}

/** What a test may need beyond Node: how to find out whether it is here, and what to do where it is not. */
const needs = {
  tensorflow: {
    here: () => existsSync(fromRoot('node_modules/@tensorflow/tfjs-node-gpu/lib/napi-v8/tfjs_binding.node')),
    absent: 'TensorFlow is not linked (npm run serkit -- link tensorflow)',
  },
  webgpu: {
    here: () => {
      const script = `import { create } from 'webgpu'; process.exit((await create([]).requestAdapter()) ? 0 : 1)`;
      return succeeds(process.execPath, ['--input-type=module', '--eval', script]);
    },
    absent:
      'there is no GPU and no software adapter (apt install mesa-vulkan-drivers; on Debian 12 from bookworm-backports)',
  },
  cuda: {
    here: () => succeeds('nvidia-smi', ['--list-gpus']),
    absent: 'there is no NVIDIA GPU (nvidia-smi names none)',
  },
  chromium: {
    here: chromiumIsHere,
    absent: `Chromium is not at ${chromiumPath} (apt install chromium, or set SERKIT_CHROMIUM to its program)`,
  },
  ravdess: {
    here: () => existsSync(process.env.SERKIT_RAVDESS ?? '/nowhere'),
    absent: 'RAVDESS is not here (set SERKIT_RAVDESS to its folder)',
  },
  'python-onnx': {
    // A module of it, since `import onnx` alone is content with this repository's folder of that name.
    here: () => succeeds(process.env.SERKIT_PYTHON ?? 'python3', ['-c', 'import numpy, onnx.reference']),
    absent: "Python's onnx is not here (pip install onnx numpy)",
  },
  'python-onnxruntime': {
    here: () => succeeds(process.env.SERKIT_PYTHON ?? 'python3', ['-c', 'import numpy, onnxruntime']),
    absent: "Python's onnxruntime is not here (pip install onnxruntime numpy)",
  },
  'transformers-js': {
    here: () => {
      const folder = process.env.SERKIT_TRANSFORMERS;
      const script = `import '@huggingface/transformers';`;
      return folder !== undefined && succeeds(process.execPath, ['--input-type=module', '--eval', script], folder);
    },
    absent:
      'transformers.js is not here (npm install @huggingface/transformers in a folder, SERKIT_TRANSFORMERS names it)',
  },
  'real-models': {
    here: () => existsSync(join(realModelsFolder, 'manifest.json')),
    absent: `there are no models in ${realModelsFolder} (test/real-models/make_models.py makes them, SERKIT_REAL_MODELS names another folder)`,
  },
  'small-disk': {
    here: () => {
      const folder = mkdtempSync(join(tmpdir(), 'serkit-disk-'));
      try {
        execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder], { stdio: 'ignore' });
        execFileSync('umount', [folder]);
        return true;
      } catch {
        return false;
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
    absent: 'a small file system cannot be mounted here (needs Linux and root)',
  },
  registry: {
    here: () => succeeds('npm', ['view', 'zod', 'version', '--fetch-retries=0', '--fetch-timeout=10000']),
    absent: "npm's registry is not reached (npm view zod version)",
  },
} as const;

export type Need = keyof typeof needs;

/** Why it is not here, and what to do; undefined where it is. */
export function whyAbsent(need: Need): string | undefined {
  const { here, absent } = needs[need];
  return here() ? undefined : absent;
}
