import type { FeatureSpec, Normalisation } from '../pipeline/features/index.js';

/**
 * What a model file says about itself, in its metadata_props. What inference needs is there; what tells where the model
 * comes from may be absent.
 */
export interface ModelMetadata {
  /** In the order of the output's columns; two or more, all different. */
  labels: string[];
  /** How samples become the features that the model was trained on. */
  featureSpec: FeatureSpec;
  /** Version of the numbers that feature extraction gives. */
  featureVersion: number;
  /** Rate that samples must have, Hz: that of the feature spec. */
  sampleRateHz: number;
  /** Fitted on training clips; applied to raw features before the model. */
  normalisation: Normalisation;
  /** What the file takes: features, normalised, or samples at that rate (batch, samples), the rest inside the file. */
  input: 'features' | 'waveform';
  /** What it gives: probabilities where nothing is said, or what a softmax makes probabilities of. */
  output?: 'logits';
  /**
   * Where the model says how much each part of the clip counted: an output (batch, chunks) beside the probabilities,
   * weights that are together 1 for each clip. The feature spec says which seconds the chunks hold.
   */
  attention?: { output: string; over: 'chunks' };
  /** What the logits are divided by inside the file, so that its probabilities can be believed; absent: by nothing. */
  calibration?: Calibration;
  /**
   * An answer whose largest probability is below this is unsure: of clips that the model had not learnt from, the others
   * were right as often as was asked for. Absent: no answer is called unsure.
   */
  unsureBelow?: number;
  /** How the file computes, where not in float32; it takes and gives float32 all the same. */
  precision?: 'fp16' | 'int8';
  /** Name of the model's architecture. */
  architecture?: string;
  /** Preset that it was trained by. */
  preset?: string;
  /** Of all that was random. */
  seed?: string;
  /** `speaker-independent`, or `paper`, under which speakers of the test side were trained on. */
  protocol?: string;
  /** Which of the protocol's splits. */
  fold?: number;
  /** What it was trained on. */
  corpus?: string;
  /** Figures by set, `{ test: { uar: 0.6 } }`; `leaks` says that training saw what they were measured on. */
  scores?: { leaks: boolean; test: Record<string, number>; [more: string]: unknown };
  /** What else decides which clips of the corpus were trained on, so that evaluation can keep to the others. */
  training?: TrainedOn;
  /** Licence of the data the weights were made from. */
  dataLicence?: string;
  /** Whom that licence demands to be named. */
  attribution?: string;
  /** Version of serkit that wrote the file. */
  version?: string;
}

/** One number that makes probabilities out of a model's logits (Guo et al. 2017), and what it was fitted on. */
export interface Calibration {
  /** Above 1 a model claims less, below 1 more; 1 where none was found. */
  temperature: number;
  /** Why it is 1, where it was not found. */
  reason?: string;
  /** Speakers that it was fitted on, whom training did not hear, where the corpus names them. */
  speakers?: number;
  /** Clips that it was fitted on: those speakers'. */
  clips: number;
  /** Expected calibration error on those clips at temperature 1, 0…1. */
  eceBefore: number;
  /** Expected calibration error on those clips at this temperature, 0…1. */
  eceAfter: number;
  /** Mean cross-entropy on them at temperature 1, nats. */
  lossBefore: number;
  /** Mean cross-entropy on them at this temperature, nats. */
  lossAfter: number;
}

/** Which clips a model was trained on. */
export interface TrainedOn {
  /** Noisy copies of each clip. */
  copies: number;
  /** Speakers who chose the epoch. */
  validationSpeakers: number;
  /** SHA-256 over the clips' content hashes, sorted. */
  corpusFingerprint: string;
  /** The same of each training before this one, where it was fine-tuned; `whole`: every clip was trained on. */
  earlier?: {
    protocol: string;
    fold: number;
    seed: number;
    copies: number;
    validationSpeakers: number;
    corpus: string;
    fingerprint: string;
    whole?: boolean;
  }[];
}
