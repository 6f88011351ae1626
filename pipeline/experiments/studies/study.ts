import type { Preset } from '../config.js';

/** One size of the report: the same models and experiments, with what they are trained on and for how long. */
export interface Study {
  name: string;
  /** One line for `serkit reproduce --help`. */
  purpose: string;
  /** DATA that recognisers are trained and tested on where the command line names none; undefined: it has to. */
  data?: string;
  /** DATA of further speech for the autoencoders where the command line names none. */
  unlabelled: readonly string[];
  /** The training preset of every cell. */
  preset: string;
  /** On top of the preset, for models that tell emotions apart. */
  recognisers: Preset;
  /** On top of the preset, for autoencoders. */
  autoencoders: Preset;
  /**
   * Share of the report's widths that the autoencoders have, hidden layers and codes: 1, or less for a quick look, where the
   * rows of the tables keep their names.
   */
  autoencoderWidth: number;
  /** Folds of the speaker-independent protocol that are tested. */
  folds: readonly number[];
  seeds: readonly number[];
}
