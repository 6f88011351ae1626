/**
 * A corpus: labelled clips of speech, wherever they come from. Clips are plain data (they cross to worker threads
 * and into cache keys); `loadClip` turns one into samples.
 */
export interface Corpus {
  /** `ravdess`, `crema-d`, `synthetic`, or the folder's or manifest's name. */
  name: string;
  /** The labels in the order of the model's outputs. */
  labels: readonly string[];
  clips: readonly Clip[];
  /** SPDX identifier or a short sentence; undefined where the corpus does not say. */
  licence?: string;
  /** The sentence that the corpus' authors ask to be cited with. */
  attribution?: string;
  /** Test speakers of each fold where the corpus has published folds; elsewhere the split makes its own. */
  speakerFolds?: readonly (readonly string[])[];
  /** Files that looked like clips of this corpus and are not usable, each with the reason. */
  problems: readonly { file: string; reason: string }[];
}

export interface Clip {
  /** Unique in the corpus and stable across machines: the path below the corpus' folder, or a synthetic name. */
  id: string;
  source: ClipSource;
  label: string;
  /** Who speaks; clips without one form groups of their own (by content). */
  speaker?: string;
  gender?: 'female' | 'male';
  /** As the corpus names it: `normal`, `strong`; `LO`, `MD`, `HI`, `XX`. */
  intensity?: string;
  /** What is said, where the corpus has a few sentences that everybody speaks. */
  statement?: string;
  /** SHA-256 (hex) of the bytes, or of the parameters of a synthetic clip. Equal hashes stay on one side of a split. */
  contentHash: string;
}

/** Where a clip's samples come from. `seed` and the names are all that a synthetic clip needs. */
export type ClipSource =
  | { kind: 'file'; path: string }
  | { kind: 'synthetic'; seed: number; speaker: number; label: string; take: number };
