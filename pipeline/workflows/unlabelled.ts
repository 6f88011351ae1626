import { architectureNamed } from '../../models/index.js';
import type { Corpus } from '../datasets/index.js';
import type { Experiment } from '../experiments/config.js';
import type { RunConfig } from '../experiments/run-folder.js';
import { openSpeechData, recordOf } from './open-data.js';
import type { Reporter } from './reporter.js';

export interface Unlabelled {
  corpora: Corpus[];
  /** For the run's `config.json`. */
  record: RunConfig['unlabelled'];
}

/**
 * The speech that an autoencoder learns from besides its corpus.
 *
 * @throws RangeError where the model is none: a recogniser needs labels
 */
export async function openUnlabelled(
  data: readonly string[],
  { model }: Experiment,
  skipBad: boolean,
  reporter: Reporter,
): Promise<Unlabelled> {
  if (data.length > 0 && architectureNamed(model).task !== 'reconstruction')
    throw new RangeError(`--unlabelled: ${model} learns labels; supported: autoencoders`);
  const corpora: Corpus[] = [];
  for (const place of data) corpora.push(await openSpeechData(place, skipBad, reporter));
  const record = corpora.map((corpus, i) => ({ data: data[i], ...recordOf(corpus) }));
  return { corpora, record };
}

/** The same again for a run that goes on. @throws Error where it is not the same speech any more */
export async function reopenUnlabelled(was: RunConfig, skipBad: boolean, reporter: Reporter): Promise<Corpus[]> {
  const places = was.unlabelled.map(({ data }) => data);
  const { corpora, record } = await openUnlabelled(places, was.experiment, skipBad, reporter);
  for (const [i, { data, fingerprint }] of record.entries())
    if (fingerprint !== was.unlabelled[i].fingerprint)
      throw new Error(`${data}: holds other speech than when the run was begun, of ${was.unlabelled[i].clips} clips`);
  return corpora;
}
