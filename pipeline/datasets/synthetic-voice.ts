/**
 * A voice by source and filter (G. Fant, "Acoustic Theory of Speech Production", 1960): glottal pulses and breath
 * through the resonances of a vocal tract, syllable by syllable, in a quiet room.
 */
export interface Voice {
  /** Pitch half way through the clip, where no accent moves it. */
  pitchHz: number;
  /** How far accents move the pitch, up and down. */
  rangeSemitones: number;
  /** From the beginning to the end of the clip. */
  glideSemitones: number;
  syllablesPerSecond: number;
  /** 0 dB gives speech of about 0.02 RMS. */
  loudnessDb: number;
  /** Slope of the source from 900 Hz upwards: positive is bright, negative dull. */
  tiltDbPerOctave: number;
  /** Standard deviation of a period, as a share of it. */
  jitter: number;
  /** Depth of a 6 Hz wavering of loudness (and an eighth of it of pitch), 0…1. */
  tremor: number;
  /** Share of breath in the source, 0…1. */
  breath: number;
  /** 1 is a grown man's vocal tract; a shorter one has higher formants. */
  formantScale: number;
  durationSeconds: number;
}

export const voiceSampleRateHz = 16_000;

// Taken out once: looking globals up sample by sample is slow in sandboxed contexts, such as test runners'.
const { abs, cos, exp, floor, max, min, PI, round, sin, sqrt } = Math;

type Random = () => number;

/** F1, F2, F3 of men's vowels (i æ ɑ ɔ u ʌ ɛ), Hz: G. E. Peterson, H. L. Barney, JASA 24(2), 1952. F4 is ours. */
const vowels = [
  [270, 2290, 3010, 3300],
  [660, 1720, 2410, 3300],
  [730, 1090, 2440, 3300],
  [570, 840, 2410, 3300],
  [300, 870, 2240, 3300],
  [640, 1190, 2390, 3300],
  [530, 1840, 2480, 3300],
];
const bandwidthsHz = [70, 100, 140, 220];

const tremorHz = 6;
const stepSamples = 64; // the vocal tract moves every 4 ms
const leadSeconds = 0.08; // silence before and after the speech
const consonantShare = 0.25; // of a syllable
const whiteScale = sqrt(12); // uniform −0.5…0.5 to variance 1
const inaudible = 1e-12; // instead of 0: resonances that die away into subnormal numbers are slow
const roomNoise = 0.0008; // standard deviation

interface Syllable {
  startSample: number;
  endSample: number;
  vowel: readonly number[];
  accent: number; // −1…1
  stress: number; // loudness, 0.7…1
  consonantHz: number; // 0: none
}

/** Renders the voice at 16 kHz: `durationSeconds` long, −1…1. `random` (0…1) decides syllables, accents and noise. */
export function renderVoice(voice: Voice, random: Random): Float32Array {
  const samples = new Float32Array(round(voice.durationSeconds * voiceSampleRateHz));
  const noise = () => (random() - 0.5) * whiteScale;
  const syllables = drawSyllables(voice, samples.length, random);
  const glottis = glottalSource(voice, random);
  const tract = bandwidthsHz.map(() => resonator());
  const [first, second, third, fourth] = tract;
  const mouth = resonator();
  const dull = tiltFilter(voice.tiltDbPerOctave);
  const gain = 0.05 * 10 ** (voice.loudnessDb / 20);

  let current = 0;
  for (let i = 0; i < samples.length; i++) {
    while (current < syllables.length - 1 && i >= syllables[current].endSample) current++;
    const syllable = syllables[current];
    const progress = (i - syllable.startSample) / (syllable.endSample - syllable.startSample); // 0…1 within
    if (i % stepSamples === 0) {
      const next = syllables[min(current + 1, syllables.length - 1)];
      const blend = max(0, progress - 0.6) / 0.8; // half way to the next vowel at the border
      tract.forEach((formant, f) => {
        const hz = (syllable.vowel[f] + (next.vowel[f] - syllable.vowel[f]) * blend) * voice.formantScale;
        formant.tune(min(hz, 7000), bandwidthsHz[f]);
      });
      mouth.tune(min(max(syllable.consonantHz, 1000), 7000), 900);
      glottis.tune(pitchAt(voice, syllables, current, progress, i / samples.length));
    }
    const speaking = progress > 0 && progress < 1;
    const voiced = speaking ? syllable.stress * vowelEnvelope(progress) * glottis.waver(i) : inaudible;
    const source = dull(glottis.next() + voice.breath * noise()) * voiced;
    const sound = fourth.filter(third.filter(second.filter(first.filter(source))));
    const hissing = speaking && syllable.consonantHz > 0 && progress < consonantShare;
    const hiss = hissing ? 0.25 * syllable.stress * sin((PI * progress) / consonantShare) * noise() : inaudible;
    samples[i] = gain * (sound + mouth.filter(hiss)) + roomNoise * noise();
  }
  return limited(samples);
}

/** Syllables from end to end of the speech, with a pause after every seventh or so. */
function drawSyllables(voice: Voice, totalSamples: number, random: Random): Syllable[] {
  const lead = leadSeconds * voiceSampleRateHz;
  const syllables: Syllable[] = [];
  for (let at = lead; at < totalSamples - lead; ) {
    const length = (voiceSampleRateHz / voice.syllablesPerSecond) * (0.8 + 0.4 * random());
    const end = min(at + length, totalSamples - lead);
    const consonant = random();
    syllables.push({
      startSample: at,
      endSample: end,
      vowel: vowels[floor(random() * vowels.length)],
      accent: random() * 2 - 1,
      stress: 0.7 + 0.3 * random(),
      consonantHz: consonant < 0.3 ? 0 : 2000 + 4000 * random(),
    });
    at = end + (random() < 0.15 ? 0.3 * length : 0);
  }
  return syllables;
}

/** Pitch in Hz: median, glide over the clip and the accents, joined by cosines. */
function pitchAt(
  voice: Voice,
  syllables: readonly Syllable[],
  index: number,
  progress: number,
  elapsed: number,
): number {
  const next = syllables[min(index + 1, syllables.length - 1)].accent;
  const { accent } = syllables[index];
  const blend = (1 - cos(PI * min(max(progress, 0), 1))) / 2;
  const semitones = voice.rangeSemitones * (accent + (next - accent) * blend) + voice.glideSemitones * (elapsed - 0.5);
  return min(max(voice.pitchHz * 2 ** (semitones / 12), 60), 600);
}

const vowelEnvelope = (progress: number) => sqrt(sin(PI * progress)) * (progress < 0.15 ? progress / 0.15 : 1);

/**
 * The slope of the glottal flow: raised cosine while the glottis opens (40 % of a period), quarter cosine while it closes
 * (16 %), shut for the rest (A. E. Rosenberg, JASA 49(2B), 1971, pulse C). Each period has its own length and height.
 */
function glottalSource(voice: Voice, random: Random) {
  const opening = 0.4;
  const closing = 0.16;
  let phase = 0; // periods
  let hz = voice.pitchHz;
  let deviation = 1;
  let height = 1;
  let wavering = 1;
  let lastFlow = 0;
  return {
    tune(pitchHz: number) {
      hz = pitchHz;
    },
    /** Loudness at sample i under the tremor, which moves the pitch along. */
    waver(i: number): number {
      const wave = voice.tremor * sin((2 * PI * tremorHz * i) / voiceSampleRateHz);
      wavering = 1 + 0.12 * wave;
      return 1 + wave;
    },
    next(): number {
      phase += (hz * deviation * wavering) / voiceSampleRateHz;
      if (phase >= 1) {
        phase -= 1;
        deviation = 1 + voice.jitter * (random() * 2 - 1) * sqrt(3);
        height = 1 + 3 * voice.jitter * (random() * 2 - 1);
      }
      let flow = 0;
      if (phase < opening) flow = (1 - cos((PI * phase) / opening)) / 2;
      else if (phase < opening + closing) flow = cos((PI / 2) * ((phase - opening) / closing));
      const slope = height * (flow - lastFlow) * (120 / hz) * 8; // equal loudness at any pitch
      lastFlow = flow;
      return slope;
    },
  };
}

/** Two-pole resonance with unit gain at 0 Hz (D. H. Klatt, JASA 67(3), 1980). */
function resonator() {
  let a = 1;
  let b = 0;
  let c = 0;
  let last = 0;
  let beforeLast = 0;
  return {
    tune(hz: number, bandwidthHz: number) {
      const radius = exp((-PI * bandwidthHz) / voiceSampleRateHz);
      c = -radius * radius;
      b = 2 * radius * cos((2 * PI * hz) / voiceSampleRateHz);
      a = 1 - b - c;
    },
    filter(input: number): number {
      const output = a * input + b * last + c * beforeLast;
      beforeLast = last;
      last = output;
      return output;
    },
  };
}

/**
 * A dull or a bright source: a first-order shelf that turns at 900 Hz, 1 at 0 Hz and three octaves' worth of the slope
 * at the top.
 */
function tiltFilter(dbPerOctave: number): (input: number) => number {
  const high = 10 ** ((dbPerOctave * 3) / 20); // gain at the top
  const pole = exp((-2 * PI * 900) / voiceSampleRateHz);
  let low = 0;
  return (input) => {
    low += (1 - pole) * (input - low);
    return low + high * (input - low);
  };
}

/** Turned down as a whole where the loudest sample would pass 0.99. */
function limited(samples: Float32Array): Float32Array {
  let peak = 0;
  for (let i = 0; i < samples.length; i++) peak = max(peak, abs(samples[i]));
  return peak > 0.99 ? samples.map((sample) => (sample * 0.99) / peak) : samples;
}
