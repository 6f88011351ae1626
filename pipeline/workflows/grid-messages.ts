import type { TrainRunOptions } from './train-run.js';

/** What the process of a cell is to do: begin its run, or go on with it where its folder holds one. */
export type CellJob = Pick<
  TrainRunOptions,
  'data' | 'experiment' | 'preset' | 'folder' | 'cache' | 'backend' | 'skipBad'
> & {
  /** The run folder of the autoencoder whose encoder it holds. */
  encoder?: string;
  /** Further speech for an autoencoder. */
  unlabelled?: readonly string[];
};

/** What the process of a cell tells the one that started it. */
export type CellMessage =
  | { kind: 'line'; text: string }
  | { kind: 'progress'; title: string; done: number; total: number }
  | { kind: 'done' }
  | { kind: 'stopped' }
  | { kind: 'failed'; reason: string; stack: string };
