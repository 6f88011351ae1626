import { mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { type Clip, type Corpus, loadRecorded, summarise } from '../datasets/index.js';
import { renderPng, renderSvg } from '../experiments/charts/render.js';
import { choosePictures } from '../experiments/exploration/choose-pictures.js';
import { EXPLORATION_VERSION, type Exploration, explorationSchema } from '../experiments/exploration/exploration.js';
import { explorationFigures } from '../experiments/exploration/figures.js';
import { measureCorpus } from '../experiments/exploration/measure-corpus.js';
import { pictureClip } from '../experiments/exploration/picture-clip.js';
import { type ExplorationTable, explorationTables } from '../experiments/exploration/tables.js';
import { parseJson } from '../experiments/read-json.js';
import { FEATURE_VERSION, type FeatureSpec, featurePresets } from '../features/index.js';
import { writeDurably } from '../training/write-durably.js';
import { fingerprintOf, openData } from './open-data.js';
import type { Reporter } from './reporter.js';

export { type ExplorationFigure, explorationFigures } from '../experiments/exploration/figures.js';
export { type ExplorationTable, explorationTables } from '../experiments/exploration/tables.js';

export interface ExploreOptions {
  corpus: Corpus;
  /** Where the measures of clips are kept, whatever corpus they are in. */
  cache: string;
  /** `exploration.json`: read where it is of this corpus, written otherwise. */
  file: string;
  reporter: Reporter;
  signal?: AbortSignal;
}

/**
 * What section 4.1 of the report shows of a corpus: counts, pictures of some clips, pitch and energy of all. Clips that
 * can't be read are listed and left out. Interrupted, it goes on where it was.
 *
 * @throws Error where no clip can be read; the signal's reason when aborted
 */
export async function explore({ corpus, cache, file, reporter, signal }: ExploreOptions): Promise<Exploration> {
  const described = describe(corpus);
  const kept = explorationSchema.safeParse(parseJson(await readFile(file, 'utf8').catch(() => '')));
  if (kept.success && isDeepStrictEqual(describedIn(kept.data), described)) return kept.data;

  const onProgress = (done: number, total: number) => reporter.progress('exploring', done, total);
  const { measures, problems } = await measureCorpus(corpus.clips, { cacheFolder: cache, signal, onProgress });
  for (const { reason } of problems) reporter.line(`left out ${reason}`); // it begins with the file
  const readable = corpus.clips.filter(({ contentHash }) => measures.has(contentHash));
  if (readable.length === 0) throw new Error(`${corpus.name}: none of its clips can be read`);

  const chosen = choosePictures(corpus, readable);
  const shown = [...new Set(Object.values(chosen).map(({ clip }) => clip))];
  const featureSpec = await specFor(shown);
  const pictures: Exploration['pictures'] = [];
  for (const clip of shown) pictures.push(await pictureClip(clip, featureSpec));
  const exploration: Exploration = {
    ...described,
    featureSpec,
    chosen: Object.fromEntries(
      Object.entries(chosen).map(([figure, { clip, instead }]) => [figure, { clip: clip.id, instead }]),
    ),
    pictures,
    measured: readable.map((clip) => ({ ...describeClip(clip), ...measures.get(clip.contentHash)! })),
    problems,
  };
  await mkdir(dirname(file), { recursive: true });
  await writeDurably(file, `${JSON.stringify(exploration)}\n`);
  return exploration;
}

/** What says whether an exploration is of this corpus, as it is read back from JSON. */
function describe(corpus: Corpus): Pick<Exploration, 'version' | 'featureVersion' | 'corpus' | 'counts'> {
  const { clips, bySpeaker, byGenderAndLabel } = summarise(corpus);
  const count = (gender: string, label: string) => byGenderAndLabel[gender]?.[label] ?? 0;
  const { name, labels, licence, attribution } = corpus;
  return JSON.parse(
    JSON.stringify({
      version: EXPLORATION_VERSION,
      featureVersion: FEATURE_VERSION,
      corpus: {
        name,
        labels,
        clips,
        speakers: Object.keys(bySpeaker).filter((speaker) => speaker !== 'unknown').length,
        fingerprint: fingerprintOf(corpus),
        licence,
        attribution,
      },
      counts: labels.map((label) => ({
        label,
        female: count('female', label),
        male: count('male', label),
        unknown: count('unknown', label),
      })),
    }),
  );
}

const describedIn = ({ version, featureVersion, corpus, counts }: Exploration) => ({
  version,
  featureVersion,
  corpus,
  counts,
});

const describeClip = ({ id, speaker, gender, label, intensity, statement }: Clip) => ({
  id,
  speaker,
  gender,
  label,
  intensity,
  statement,
});

/** The report's features where all clips were recorded at 44.1 kHz or more, else those of 16 kHz. */
async function specFor(clips: readonly Clip[]): Promise<FeatureSpec> {
  for (const clip of clips) if ((await loadRecorded(clip)).sampleRateHz < 44_100) return featurePresets['paper-16k'];
  return featurePresets.paper;
}

export interface DataExploration {
  files: string[];
  tables: ExplorationTable[];
}

/** Explores DATA into a folder: `exploration.json` and every picture as SVG and PNG. */
export async function exploreData(options: {
  data: string;
  folder: string;
  cache: string;
  reporter: Reporter;
  signal?: AbortSignal;
}): Promise<DataExploration> {
  const { data, folder, ...context } = options;
  const corpus = await openData(data, true, context.reporter);
  const file = join(folder, 'exploration.json');
  const exploration = await explore({ corpus, file, ...context });
  const files = [file];
  const figures = explorationFigures(exploration);
  for (const [i, { id, spec }] of figures.entries()) {
    context.signal?.throwIfAborted();
    const svg = await renderSvg(spec);
    for (const [name, content] of [
      [`${id}.svg`, svg],
      [`${id}.png`, await renderPng(svg)],
    ] as const) {
      files.push(join(folder, name));
      await writeDurably(files.at(-1)!, content);
    }
    context.reporter.progress('drawing', i + 1, figures.length);
  }
  return { files, tables: explorationTables(exploration) };
}
