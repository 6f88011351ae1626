import type { FeaturePreset } from '../../features/index.js';
import { type Experiment, resolveExperiment } from '../config.js';
import type { Study } from '../studies/index.js';
import type { Cell } from './plan.js';
import { reportVariants, type Variant } from './variants.js';

type Place = Pick<Cell, 'protocol' | 'fold' | 'seed'>;

/**
 * All cells of a study: every variant under both protocols, so that after each round there is a whole report. The first
 * round is `paper` and fold 0, then fold 1, and so on; after the last fold it begins again with the next seed. Within a
 * round a cell stands behind the encoder that it holds.
 *
 * @param variants rows of the tables, encoders before those that hold them; default: the report's
 * @throws RangeError that names a setting which a variant's model does not have
 */
export function planCells(study: Study, variants: readonly Variant[] = reportVariants(study.autoencoderWidth)): Cell[] {
  return rounds(study).flatMap((places) =>
    variants.flatMap((variant) =>
      places.map(
        (place): Cell => ({
          id: cellId(variant.id, place),
          variant: variant.id,
          kind: variant.kind,
          ...place,
          ...(variant.encoder === undefined ? {} : { encoder: cellId(variant.encoder, place) }),
          experiment: experimentOf(study, variant, place),
        }),
      ),
    ),
  );
}

function rounds({ folds, seeds }: Study): Place[][] {
  return seeds.flatMap((seed) =>
    folds.map((fold, i): Place[] => [
      ...(i === 0 ? [{ protocol: 'paper' as const, fold: 0, seed }] : []),
      { protocol: 'speaker-independent', fold, seed },
    ]),
  );
}

const cellId = (variant: string, { protocol, fold, seed }: Place): string =>
  `${variant}/${protocol}${protocol === 'paper' ? '' : `-fold${fold}`}-seed${seed}`;

function experimentOf(study: Study, { kind, model, mfcc, overrides, settings }: Variant, place: Place): Experiment {
  const part = kind === 'autoencoder' ? study.autoencoders : study.recognisers;
  const wishes = { ...part, ...overrides, model, ...place };
  const experiment = resolveExperiment(study.preset, wishes, settings);
  if (!mfcc) return experiment;
  // An unknown name is refused, with those there are.
  return resolveExperiment(
    study.preset,
    { ...wishes, features: `${experiment.features}-mfcc` as FeaturePreset },
    settings,
  );
}
