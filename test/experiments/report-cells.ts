import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import seedrandom from 'seedrandom';
import type { Protocol } from '../../pipeline/datasets/split.js';
import { resolveExperiment } from '../../pipeline/experiments/config.js';
import { type PredictionRow, writePredictions } from '../../pipeline/experiments/predictions.js';
import { type RunScores, writeMetrics, writeRunConfig, writeScores } from '../../pipeline/experiments/run-folder.js';
import { FEATURE_VERSION, featurePresets } from '../../pipeline/features/index.js';
import type { EpochMetrics } from '../../pipeline/training/progress.js';

export interface Planned {
  variant: string;
  protocol: Protocol;
  fold: number;
  seed: number;
  encoder?: string;
}

export const idOf = ({ variant, protocol, fold, seed }: Planned): string =>
  `${variant}/${protocol}${protocol === 'paper' ? '' : `-fold${fold}`}-seed${seed}`;

export const labels = ['neutral', 'calm', 'happy', 'sad', 'angry', 'fearful', 'disgust', 'surprised'];

export async function writePlan(
  report: string,
  cells: readonly Planned[],
  epochs = 3,
  further: { data: string; name: string } = { data: 'synthetic', name: 'synthetic' },
): Promise<void> {
  await mkdir(report, { recursive: true });
  const source = { data: 'ravdess:/data/ravdess', name: 'ravdess', clips: 1440, fingerprint: 'f' };
  const plan = {
    serkit: 'plan 1',
    study: 'medium',
    preset: 'paper-16k',
    data: source,
    unlabelled: [{ ...source, ...further, clips: 480 }],
    cells: cells.map((cell) => ({
      ...cell,
      id: idOf(cell),
      kind: /^(fc|gru)\d/.test(cell.variant) ? 'autoencoder' : 'recogniser',
      experiment: resolveExperiment('paper-16k', { epochs }),
    })),
  };
  await writeFile(join(report, 'plan.json'), JSON.stringify(plan));
}

/** Begins a cell: its config, and as many epochs as are given. */
export async function beginCell(report: string, cell: Planned, epochs: readonly EpochMetrics[]): Promise<string> {
  const folder = join(report, 'cells', idOf(cell));
  const { protocol, fold, seed } = cell;
  await mkdir(folder, { recursive: true });
  await writeRunConfig(folder, {
    experiment: resolveExperiment('paper-16k', { protocol, fold, seed, epochs: 3 }),
    preset: 'paper-16k',
    data: 'ravdess:/data/ravdess',
    corpus: {
      name: 'ravdess',
      labels,
      clips: 1440,
      fingerprint: 'f',
      licence: 'CC-BY-NC-SA-4.0',
      attribution: 'Livingstone SR, Russo FA (2018) RAVDESS',
    },
    featureSpec: featurePresets['paper-16k'],
    featureVersion: FEATURE_VERSION,
    normalisation: { kind: 'per-band', mean: [0], deviation: [1] },
    backend: 'wasm',
    versions: { serkit: '0.1.0', node: 'v20.20.2', tfjs: '4.22.0' },
    started: '2026-11-23T10:00:00.000Z',
    unlabelled: [],
    resumed: [],
  });
  await writeMetrics(folder, epochs);
  return folder;
}

/** Ends a recogniser's cell with these answers, whose scores are counted here. */
export async function endCell(
  report: string,
  cell: Planned,
  rows: readonly PredictionRow[],
  epochs = epochsTo(3),
  keptEpoch = epochs.length,
): Promise<RunScores['test']> {
  const folder = await beginCell(report, cell, epochs);
  const counts = labels.map((truth) =>
    labels.map((answer) => rows.filter(({ label, predicted }) => label === truth && predicted === answer).length),
  );
  const recalls = counts.flatMap((row, i) => {
    const total = row.reduce((a, b) => a + b, 0);
    return total > 0 ? [row[i] / total] : [];
  });
  const right = rows.filter(({ label, predicted }) => label === predicted).length;
  const test = {
    examples: rows.length,
    accuracy: right / rows.length,
    uar: recalls.reduce((a, b) => a + b, 0) / recalls.length,
    loss: 1.25,
    confusion: { labels, counts },
  };
  await writePredictions(folder, labels, rows);
  await writeScores(folder, {
    leaks: cell.protocol === 'paper',
    epochs: epochs.length,
    keptEpoch,
    trainingMinutes: epochs.reduce((sum, { seconds }) => sum + seconds, 0) / 60,
    test,
  });
  return test;
}

/** Ends an autoencoder's cell: it has losses alone. */
export async function endAutoencoder(
  report: string,
  cell: Planned,
  { testLoss, watchedLosses }: { testLoss: number; watchedLosses: readonly number[] },
): Promise<void> {
  const epochs = watchedLosses.map((loss, i) => ({ ...epochLine(i + 1), loss: loss * 0.9, watched: { loss } }));
  const folder = await beginCell(report, cell, epochs as EpochMetrics[]);
  const best = watchedLosses.indexOf(Math.min(...watchedLosses)) + 1;
  const scores = {
    leaks: cell.protocol === 'paper',
    epochs: epochs.length,
    keptEpoch: cell.protocol === 'paper' ? epochs.length : best,
    trainingMinutes: 1,
    test: { examples: 300, loss: testLoss },
  };
  await writeFile(join(folder, 'scores.json'), JSON.stringify(scores));
}

export const epochLine = (epoch: number): EpochMetrics => ({
  epoch,
  loss: 2 / epoch,
  accuracy: 1 - 1 / (epoch + 1),
  watched: { loss: 1 + 1 / epoch, accuracy: 0.9 - 0.5 / epoch, uar: 0.8 - 0.5 / epoch },
  learningRate: 1e-3,
  gradientNorm: 1,
  seconds: 60,
  waitedSeconds: 0,
  memory: { tensors: 9, heapBytes: 1e7, rssBytes: 1e8 },
});

export const epochsTo = (count: number): EpochMetrics[] => Array.from({ length: count }, (_, i) => epochLine(i + 1));

/** RAVDESS' clips of these actors, `copies` noisy copies beside each. */
export function clipsOf(actors: readonly number[], copies = 0): Omit<PredictionRow, 'predicted' | 'probabilities'>[] {
  return actors.flatMap((actor) =>
    labels.flatMap((label) =>
      ['normal', 'strong'].flatMap((intensity) =>
        label === 'neutral' && intensity === 'strong'
          ? []
          : ['kids', 'dogs'].flatMap((statement) =>
              [1, 2].flatMap((repetition) =>
                Array.from({ length: copies + 1 }, (_, copy) => ({
                  clip: `Actor_${actor}/${label}-${intensity}-${statement}-${repetition}.wav`,
                  copy,
                  speaker: String(actor).padStart(2, '0'),
                  gender: actor % 2 === 1 ? 'male' : 'female',
                  intensity,
                  statement,
                  label,
                })),
              ),
            ),
      ),
    ),
  );
}

/** Answers to clips: right where `isRight` says, otherwise the next label. */
export function answered(
  clips: readonly Omit<PredictionRow, 'predicted' | 'probabilities'>[],
  isRight: (clip: Omit<PredictionRow, 'predicted' | 'probabilities'>, index: number) => boolean,
): PredictionRow[] {
  return clips.map((clip, i) => {
    const truth = labels.indexOf(clip.label);
    const predicted = labels[isRight(clip, i) ? truth : (truth + 1) % labels.length];
    return { ...clip, predicted, probabilities: labels.map((label) => (label === predicted ? 0.65 : 0.05)) };
  });
}

/** Right with a chance, from a seed. */
export function rightByChance(chance: number, seed: string): () => boolean {
  const random = seedrandom.alea(seed);
  return () => random() < chance;
}
