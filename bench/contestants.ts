import { join } from 'node:path';
import { type BackendName, backendNames } from '../pipeline/training/backends/backend.js';
import { networks } from './networks.js';

/** Who takes part with one network: a process that is started once and then told to train some steps. */
export interface Contestant {
  name: string;
  /** What it runs. */
  description: string;
  command: readonly [program: string, ...args: string[]];
  /** Examples a step. */
  batch: number;
  /** What to do where it can't be started. */
  mend: string;
}

/** What every contestant's process is given, as JSON. */
export interface Task {
  kind: 'ours' | 'stock' | 'peer';
  backend: BackendName;
  model: string;
  batch: number;
  shape: readonly number[];
  labels: number;
  learningRate: number;
  threads: number;
}

/** The others, which ratios are given against. */
export const yardsticks = ['stock tfjs-node', 'Keras', 'PyTorch'] as const;

/** The most windows (bands × frames) in a step, where a whole batch takes minutes. Speeds are compared by the example. */
const largestStep: Partial<Record<BackendName, number>> = { cpu: 2 };

/** Examples a step of a network on a backend. */
export function batchOn(backend: BackendName, model: string): number {
  const { batch, shape } = networks[model];
  const largest = Math.floor((largestStep[backend] ?? Number.POSITIVE_INFINITY) / shape[0]);
  return Math.max(2, Math.min(batch, largest)); // batch normalisation needs two
}

const here = import.meta.dirname; // dist/bench
const root = join(here, '..', '..');

/** All who are asked for with a network: ours on each backend, stock TensorFlow.js beside native TensorFlow, the peers. */
export function contestantsFor(
  model: string,
  {
    backends,
    peers,
    batch,
    threads,
  }: { backends: readonly BackendName[]; peers: boolean; batch?: number; threads: number },
): Contestant[] {
  const { shape, labels, learningRate } = networks[model];
  const task = (kind: Task['kind'], backend: BackendName): Task => {
    const size = batch ?? batchOn(backend, model);
    return { kind, backend, model, batch: size, shape, labels, learningRate, threads };
  };
  const node = (name: string, description: string, mend: string, given: Task): Contestant => ({
    name,
    description,
    command: [process.execPath, join(here, 'contestant.js'), JSON.stringify(given)],
    batch: given.batch,
    mend,
  });
  const python = (name: string, description: string, script: string): Contestant => {
    const given = task('peer', 'tensorflow');
    return {
      name,
      description,
      command: [
        process.env.SERKIT_BENCH_PYTHON ?? 'python3',
        join(root, 'bench', 'peers', script),
        JSON.stringify(given),
      ],
      batch: given.batch,
      mend: 'pip install -r bench/peers/requirements.txt, and SERKIT_BENCH_PYTHON names the python that has it',
    };
  };
  return [
    ...backendNames
      .filter((backend) => backends.includes(backend))
      .map((backend) =>
        node(
          `serkit ${backend}`,
          `train() on ${backend}`,
          'serkit doctor says what works here; a smaller --batch takes less memory',
          task('ours', backend),
        ),
      ),
    ...(backends.includes('tensorflow')
      ? [
          node(
            'stock tfjs-node',
            'the layers of TensorFlow.js, trainOnBatch',
            'serkit link tensorflow',
            task('stock', 'tensorflow'),
          ),
        ]
      : []),
    ...(peers
      ? [
          python('Keras', 'train_on_batch on TensorFlow', 'keras_train.py'),
          python('PyTorch', 'channels_last', 'torch_train.py'),
        ]
      : []),
  ];
}
