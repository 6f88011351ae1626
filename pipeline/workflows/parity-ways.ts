import type { Provider } from '../../inference/node.js';
import { precisions as allPrecisions, type Precision } from '../../onnx/index.js';
import { type ExportInput, exportInputs } from './export-options.js';
import { type Difference, GPU_TOLERANCE, isWithin, PARITY_TOLERANCE, WAVEFORM_TOLERANCE } from './parity-compare.js';

/** What onnxruntime can run a file on, of what is compared. */
export const parityProviders = ['cpu', 'cuda', 'webgpu'] as const satisfies readonly Provider[];

export type ParityProvider = (typeof parityProviders)[number];

/** One way from a clip's samples to its probabilities: which file, and what runs it. */
export interface Way {
  /** Such as `onnxruntime cpu`. */
  runtime: string;
  input: ExportInput;
  precision: Precision;
  /** Whether a GPU computes. */
  gpu: boolean;
}

/** A way and what came of it: held against the tolerance, or told where it has none, or why it was not gone. */
export type Comparison = Way &
  (
    | (Difference & { outcome: 'passed' | 'failed'; tolerance: number })
    | (Difference & { outcome: 'reported' })
    | { outcome: 'skipped'; reason: string }
  );

/** Every file of a run on every provider, unless fewer are named. */
export function waysOfRun({
  inputs = exportInputs,
  precisions = allPrecisions,
  providers = parityProviders,
}: {
  inputs?: readonly ExportInput[];
  precisions?: readonly Precision[];
  providers?: readonly ParityProvider[];
}): (Way & { provider: ParityProvider })[] {
  return inputs.flatMap((input) =>
    precisions.flatMap((precision) =>
      providers.map((provider) => ({
        ...{ provider, runtime: `onnxruntime ${provider}`, gpu: provider !== 'cpu' },
        ...{ input, precision },
      })),
    ),
  );
}

/** Largest |Δp| that is allowed; undefined for smaller precisions, whose change is told and not judged. */
export function toleranceOf({ input, precision, gpu }: Way): number | undefined {
  if (precision !== 'fp32') return undefined;
  if (gpu) return GPU_TOLERANCE;
  return input === 'waveform' ? WAVEFORM_TOLERANCE : PARITY_TOLERANCE;
}

/** A way with what it came to. In a smaller precision only what is no number fails. */
export function judged(way: Way, difference: Difference): Comparison {
  const { runtime, input, precision, gpu } = way;
  const tolerance = toleranceOf(way);
  const common = { runtime, input, precision, gpu, ...difference };
  if (tolerance !== undefined)
    return { ...common, outcome: isWithin(difference, tolerance) ? 'passed' : 'failed', tolerance };
  return Number.isFinite(difference.largestDifference)
    ? { ...common, outcome: 'reported' }
    : { ...common, outcome: 'failed', tolerance: 1 };
}

export const skipped = ({ runtime, input, precision, gpu }: Way, reason: string): Comparison => ({
  ...{ runtime, input, precision, gpu },
  ...{ outcome: 'skipped', reason },
});

/** `onnxruntime webgpu, waveform, fp16`; what is usual goes without saying. */
export const wayText = ({ runtime, input, precision }: Way): string =>
  [runtime, ...(input === 'waveform' ? [input] : []), ...(precision === 'fp32' ? [] : [precision])].join(', ');
