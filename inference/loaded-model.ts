import type { Diagnostic } from './providers/diagnostic.js';

/** A model ready to run, whatever runs it: the one thing that Node and the browser do differently. */
export interface LoadedModel {
  /** Execution provider that runs it. */
  readonly provider: string;
  /** What was found out about each provider, the chosen one last. */
  readonly diagnostics: readonly Diagnostic[];
  /** What the file calls its tensors; absent where there is no file. */
  readonly names?: { readonly input: string; readonly output: string; readonly attention?: string };
  /** Shapes that the file declares; names are symbolic sizes. */
  readonly inputShape: readonly (number | string)[];
  readonly outputShape: readonly (number | string)[];
  /** Of the attention's output, where the file's metadata name one. */
  readonly attentionShape?: readonly (number | string)[];
  /** Runs one batch: features or samples of this shape in. */
  run(values: Float32Array, shape: readonly number[]): Promise<ModelOutputs>;
  release(): Promise<void>;
}

export interface ModelOutputs {
  /** Or logits, where the file's metadata say so. */
  probabilities: Float32Array; // (batch, labels)
  /** Where the file has an output of it. */
  attention?: Float32Array; // (batch, chunks)
}
