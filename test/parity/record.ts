import type { Comparison } from '../../pipeline/workflows/parity-ways.js';
import { fromRoot } from '../support/paths.js';

/** Where `npm run parity:measure` leaves what it saw. */
export const recordFile = fromRoot('bench', 'results', 'parity.json');

/** A trained model whose answers were compared. */
export interface RecordedModel {
  name: string;
  parameters: number;
  /** Such as `ravdess, speaker-independent, fold 0`. */
  trainedOn: string;
}

/** Everything that was compared, and where. */
export interface ParityRecord {
  command: string;
  date: string;
  machine: string;
  /** Which clips. */
  data: string;
  reference: string;
  versions: Record<string, string>;
  models: RecordedModel[];
  comparisons: (Comparison & { model: string })[];
}
