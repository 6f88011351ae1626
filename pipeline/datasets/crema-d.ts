import { readFile } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { z } from 'zod';
import { collectClips, type Description, findClips } from './clip-files.js';
import type { Clip, Corpus } from './corpus.js';

const labelOf: Readonly<Record<string, string>> = {
  NEU: 'neutral',
  HAP: 'happy',
  SAD: 'sad',
  ANG: 'angry',
  FEA: 'fearful',
  DIS: 'disgust',
};

/** Low, medium, high, unspecified. One published name, `1040_ITH_SAD_X`, has a single X. */
const intensityOf: Readonly<Record<string, string>> = { LO: 'LO', MD: 'MD', HI: 'HI', XX: 'XX', X: 'XX' };

const demographicsFile = 'VideoDemographics.csv';
const demographicsSchema = z.array(z.object({ ActorID: z.string(), Sex: z.enum(['Female', 'Male']) }));

type Genders = ReadonlyMap<string, Clip['gender']>;

/**
 * CREMA-D, the Crowd-sourced Emotional Multimodal Actors Dataset: 7442 clips of 91 actors, anywhere below `folder`
 * (as published: `AudioWAV/1001_DFA_ANG_XX.wav`). Genders come from `VideoDemographics.csv` in the folder, in its
 * `AudioWAV`, or in the folder above; without it they are unknown, which is a problem of the corpus.
 * The labels are RAVDESS' words, in its order, so that one model can be tested on both.
 */
export async function openCremaD(folder: string): Promise<Corpus> {
  const files = await findClips(folder);
  const genders = await readGenders(folder);
  const { clips, problems } = await collectClips(folder, files, (file) =>
    describeCremaD(basename(file, extname(file)), genders),
  );
  return {
    name: 'crema-d',
    labels: Object.values(labelOf),
    clips,
    problems: [...problems, ...missingGenders(clips, genders)],
    licence: 'ODbL-1.0',
    attribution:
      'Cao H, Cooper DG, Keutmann MK, Gur RC, Nenkova A, Verma R (2014) CREMA-D: Crowd-sourced Emotional Multimodal ' +
      'Actors Dataset. IEEE Transactions on Affective Computing 5(4): 377-390',
  };
}

/** Reads `ActorID_SENTENCE_EMOTION_LEVEL`; a reason where the name does not follow that. */
function describeCremaD(name: string, genders: Genders | undefined): Description {
  const parts = /^(\d{4})_([A-Z]{3})_([A-Z]+)_([A-Z]+)$/.exec(name);
  if (parts === null) return { reason: 'the name is not ActorID_SENTENCE_EMOTION_LEVEL, such as 1001_DFA_ANG_XX' };
  const [, speaker, sentence, emotion, level] = parts;
  if (!Object.hasOwn(labelOf, emotion))
    return { reason: `emotion ${emotion} is unknown (supported: ${Object.keys(labelOf).join(', ')})` };
  if (!Object.hasOwn(intensityOf, level)) return { reason: `level ${level} is unknown (supported: LO, MD, HI, XX)` };
  return {
    label: labelOf[emotion],
    speaker,
    gender: genders?.get(speaker),
    intensity: intensityOf[level],
    statement: sentence,
  };
}

/** Gender by actor; undefined where there is no file. A file that cannot be read as such is an error. */
async function readGenders(folder: string): Promise<Genders | undefined> {
  for (const place of [folder, join(folder, 'AudioWAV'), join(folder, '..')]) {
    const path = join(place, demographicsFile);
    const text = await readFile(path, 'utf8').catch(() => undefined);
    if (text === undefined) continue;
    const rows = demographicsSchema.safeParse(parseTable(text, path));
    if (!rows.success)
      throw new SyntaxError(`${path}: columns ActorID and Sex (Female or Male) are needed and not all there`);
    return new Map(rows.data.map(({ ActorID, Sex }) => [ActorID, Sex === 'Female' ? 'female' : 'male']));
  }
  return undefined;
}

function parseTable(text: string, path: string): unknown {
  try {
    return parse(text, { columns: true, bom: true, trim: true, skip_empty_lines: true });
  } catch (error) {
    throw new SyntaxError(`${path}: not a CSV table (${(error as Error).message})`);
  }
}

function missingGenders(clips: readonly Clip[], genders: Genders | undefined): Corpus['problems'] {
  if (genders === undefined)
    return [{ file: demographicsFile, reason: 'no such file beside the clips, in AudioWAV or above: no genders' }];
  const actors = new Set(clips.filter(({ gender }) => gender === undefined).map(({ speaker }) => speaker));
  return [...actors].map((actor) => ({ file: demographicsFile, reason: `no row for actor ${actor}: gender unknown` }));
}
