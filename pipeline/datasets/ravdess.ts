import { basename, extname } from 'node:path';
import { collectClips, type Description, findClips } from './clip-files.js';
import type { Corpus } from './corpus.js';

/** Emotions 01 to 08 of the file names, in that order. */
const labels = ['neutral', 'calm', 'happy', 'sad', 'angry', 'fearful', 'disgust', 'surprised'] as const;

const modalities = ['audio and video', 'video alone', 'audio'];
const channels = ['speech', 'song'];
const intensities = ['normal', 'strong'];
/** "Kids are talking by the door", "Dogs are sitting by the door". */
const statements = ['kids', 'dogs'];
const actors = 24;

/**
 * Test actors of the five folds that published speaker-independent figures use: C. Luna-Jiménez et al., "Multimodal
 * Emotion Recognition on RAVDESS Dataset Using Transfer Learning", Sensors 21(22):7665, 2021.
 */
const speakerFolds = [
  ['02', '05', '14', '15', '16'],
  ['03', '06', '07', '13', '18'],
  ['10', '11', '12', '19', '20'],
  ['08', '17', '21', '23', '24'],
  ['01', '04', '09', '22'],
] as const;

/**
 * RAVDESS, the Ryerson Audio-Visual Database of Emotional Speech and Song: 1440 speech clips of 24 actors, anywhere
 * below `folder` (as published: `Actor_NN/03-01-…wav`). Clips that are not speech, or not audio alone, are problems,
 * and so is a clip that is there twice, as in some copies of the corpus.
 */
export async function openRavdess(folder: string): Promise<Corpus> {
  const firstSeen = new Map<string, string>();
  const { clips, problems } = await collectClips(folder, await findClips(folder), (file) => {
    const name = basename(file, extname(file));
    const first = firstSeen.get(name);
    if (first !== undefined) return { reason: `the same name as ${first}` };
    firstSeen.set(name, file);
    return describeRavdess(name);
  });
  return {
    name: 'ravdess',
    labels,
    clips,
    problems,
    speakerFolds,
    licence: 'CC-BY-NC-SA-4.0',
    attribution:
      'Livingstone SR, Russo FA (2018) The Ryerson Audio-Visual Database of Emotional Speech and Song (RAVDESS). ' +
      'PLoS ONE 13(5): e0196391',
  };
}

/**
 * Reads `modality-channel-emotion-intensity-statement-repetition-actor`, each two digits; actors with odd numbers
 * are men. A reason where the name does not follow that.
 */
function describeRavdess(name: string): Description {
  if (!/^\d\d(-\d\d){6}$/.test(name))
    return { reason: 'the name is not modality-channel-emotion-intensity-statement-repetition-actor, two digits each' };
  const [modality, channel, emotion, intensity, statement, , actor] = name.split('-').map(Number);
  const numbered = (names: readonly string[]) => names.map((name, i) => `0${i + 1} ${name}`).join(', ');
  if (modality !== 3)
    return { reason: `modality 0${modality} (${modalities[modality - 1] ?? 'unknown'}) is not supported: 03 audio` };
  if (channel !== 1)
    return { reason: `channel 0${channel} (${channels[channel - 1] ?? 'unknown'}) is not supported: 01 speech` };
  if (labels[emotion - 1] === undefined)
    return { reason: `emotion ${name.split('-')[2]} is unknown (supported: ${numbered(labels)})` };
  if (intensities[intensity - 1] === undefined)
    return { reason: `intensity ${name.split('-')[3]} is unknown (supported: ${numbered(intensities)})` };
  if (statements[statement - 1] === undefined)
    return { reason: `statement ${name.split('-')[4]} is unknown (supported: ${numbered(statements)})` };
  if (actor < 1 || actor > actors) return { reason: `actor ${name.split('-')[6]} is unknown (supported: 01 to 24)` };
  return {
    label: labels[emotion - 1],
    speaker: name.split('-')[6],
    gender: actor % 2 === 1 ? 'male' : 'female',
    intensity: intensities[intensity - 1],
    statement: statements[statement - 1],
  };
}
