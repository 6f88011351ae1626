import { createHash } from 'node:crypto';
import { randomNormal } from 'd3-random';
import seedrandom from 'seedrandom';
import type { Clip, ClipSource, Corpus } from './corpus.js';
import { renderVoice, type Voice, voiceSampleRateHz } from './synthetic-voice.js';

export type SyntheticSource = Extract<ClipSource, { kind: 'synthetic' }>;

export const syntheticSampleRateHz = voiceSampleRateHz;

const speakers = 12;
const allTakes = 7; // odd ones strong, even ones normal
const intensityScale = { normal: 0.85, strong: 1.2 };

/** How an emotion moves a voice, seen from the speaker's own neutral. */
interface Manner {
  pitchSemitones: number;
  /** How far accents move the pitch, up and down. */
  rangeSemitones: number;
  /** From the beginning to the end of the clip. */
  glideSemitones: number;
  syllablesPerSecond: number;
  loudnessDb: number;
  /** Slope of the source: a bright voice or a dull one. */
  tiltDbPerOctave: number;
  /** Deviation of a period, as a share of it. */
  jitter: number;
  /** Depth of a 6 Hz wavering of pitch and loudness, 0…1. */
  tremor: number;
  /** Share of breath in the source, 0…1. */
  breath: number;
}

const neutral: Manner = {
  pitchSemitones: 0,
  rangeSemitones: 1.5,
  glideSemitones: -2,
  syllablesPerSecond: 4.4,
  loudnessDb: 0,
  tiltDbPerOctave: 0,
  jitter: 0.006,
  tremor: 0.04,
  breath: 0.05,
};

/** Directions as in K. R. Scherer, "Vocal communication of emotion", Speech Communication 40, 2003; sizes are ours. */
const manners: Readonly<Record<string, Manner>> = {
  neutral,
  happy: {
    pitchSemitones: 4,
    rangeSemitones: 4,
    glideSemitones: 2,
    syllablesPerSecond: 5.2,
    loudnessDb: 2.5,
    tiltDbPerOctave: 1,
    jitter: 0.006,
    tremor: 0.05,
    breath: 0.04,
  },
  sad: {
    pitchSemitones: -1.5,
    rangeSemitones: 1,
    glideSemitones: -3,
    syllablesPerSecond: 3.3,
    loudnessDb: -5,
    tiltDbPerOctave: -2,
    jitter: 0.012,
    tremor: 0.12,
    breath: 0.14,
  },
  angry: {
    pitchSemitones: 2,
    rangeSemitones: 3,
    glideSemitones: -4,
    syllablesPerSecond: 5,
    loudnessDb: 6.5,
    tiltDbPerOctave: 2.5,
    jitter: 0.03,
    tremor: 0.04,
    breath: 0.03,
  },
  fearful: {
    pitchSemitones: 5,
    rangeSemitones: 1.5,
    glideSemitones: 0,
    syllablesPerSecond: 5.6,
    loudnessDb: -1,
    tiltDbPerOctave: 0,
    jitter: 0.02,
    tremor: 0.4,
    breath: 0.12,
  },
};

/** How far a take strays from the manner it aims at (standard deviation), so that emotions overlap. */
const takeDeviation: Manner = {
  pitchSemitones: 1,
  rangeSemitones: 0.5,
  glideSemitones: 1,
  syllablesPerSecond: 0.3,
  loudnessDb: 1.5,
  tiltDbPerOctave: 0.5,
  jitter: 0.004,
  tremor: 0.04,
  breath: 0.025,
};

/** How far a speaker's whole way of talking strays from the others' (standard deviation). */
const speakerDeviation: Manner = {
  pitchSemitones: 0,
  rangeSemitones: 0.3,
  glideSemitones: 0.5,
  syllablesPerSecond: 0.2,
  loudnessDb: 1,
  tiltDbPerOctave: 0.4,
  jitter: 0.002,
  tremor: 0.02,
  breath: 0.015,
};

/**
 * A corpus made of arithmetic: 12 speakers (odd ones men), 5 emotions, 7 takes, 420 clips of 1.2 to 2 s at 16 kHz.
 * Nothing is rendered here; `synthesise` makes the samples of a clip from its source whenever they are asked for.
 *
 * @param which SEED, a whole number of 0 or more, or SEED/TAKES for fewer takes than 7, as written behind `synthetic:`; default 0
 */
export function openSynthetic(which = '0'): Corpus {
  const [, seed, takes] = /^(\d{1,9})(?:\/([1-7]))?$/.exec(which) ?? [];
  if (seed === undefined)
    throw new RangeError(
      `synthetic:${which}: is not SEED or SEED/TAKES (supported: seeds 0 to 999999999, 1 to ${allTakes} takes)`,
    );
  const clips: Clip[] = [];
  for (let speaker = 1; speaker <= speakers; speaker++)
    for (const label of Object.keys(manners))
      for (let take = 0; take < Number(takes ?? allTakes); take++)
        clips.push(describe({ kind: 'synthetic', seed: Number(seed), speaker, label, take }));
  return { name: 'synthetic', labels: Object.keys(manners), clips, problems: [], licence: 'CC0-1.0' };
}

function describe(source: SyntheticSource): Clip {
  const speaker = String(source.speaker).padStart(2, '0');
  return {
    id: `${source.label}/${speaker}-${source.label}-${source.take}`,
    source,
    label: source.label,
    speaker,
    gender: genderOf(source),
    intensity: intensityOf(source),
    contentHash: createHash('sha256')
      .update(JSON.stringify(Object.entries(source).sort()))
      .digest('hex'),
  };
}

const genderOf = ({ speaker }: SyntheticSource) => (speaker % 2 === 1 ? 'male' : 'female');
const intensityOf = ({ take }: SyntheticSource) => (take % 2 === 1 ? 'strong' : 'normal');

/**
 * The samples of a synthetic clip, mono at `syntheticSampleRateHz`, −1…1. The same source gives the same samples
 * (between machines within the last bits of Math.sin and Math.exp).
 */
export function synthesise(source: SyntheticSource): Float32Array {
  const aim = manners[source.label];
  if (aim === undefined)
    throw new RangeError(`synthetic label ${source.label} is unknown (supported: ${Object.keys(manners).join(', ')})`);
  const person = speakerOf(source);
  const random = seedrandom.alea(`take ${JSON.stringify(Object.entries(source).sort())}`);
  const normal = randomNormal.source(random)(0, 1);
  const scale = person.expressiveness * intensityScale[intensityOf(source)];
  const manner = combine((key) => {
    const moved = neutral[key] + (aim[key] - neutral[key]) * scale;
    return moved + person.habit[key] + takeDeviation[key] * normal();
  });
  const voice: Voice = {
    pitchHz: person.pitchHz * 2 ** (manner.pitchSemitones / 12),
    rangeSemitones: Math.max(0.3, manner.rangeSemitones),
    glideSemitones: manner.glideSemitones,
    syllablesPerSecond: Math.max(2.2, manner.syllablesPerSecond),
    loudnessDb: manner.loudnessDb,
    tiltDbPerOctave: manner.tiltDbPerOctave,
    jitter: Math.max(0.002, manner.jitter),
    tremor: Math.max(0, manner.tremor),
    breath: Math.max(0.01, manner.breath),
    formantScale: person.formantScale,
    durationSeconds: 1.2 + 0.8 * random(),
  };
  return renderVoice(voice, random);
}

/** A speaker's pitch, vocal tract and habits, the same in all of their clips. */
function speakerOf({ seed, speaker, ...source }: SyntheticSource) {
  const random = seedrandom.alea(`speaker ${seed} ${speaker}`);
  const normal = randomNormal.source(random)(0, 1);
  const male = genderOf({ seed, speaker, ...source }) === 'male';
  return {
    pitchHz: (male ? 95 : 175) + (male ? 45 : 60) * random(),
    formantScale: (male ? 0.94 : 1.1) + 0.12 * random(),
    expressiveness: 0.8 + 0.4 * random(),
    habit: combine((key) => speakerDeviation[key] * normal()),
  };
}

const combine = (value: (key: keyof Manner) => number): Manner =>
  Object.fromEntries(Object.keys(neutral).map((key) => [key, value(key as keyof Manner)])) as unknown as Manner;
