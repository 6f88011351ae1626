import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { mean, median } from 'd3-array';
import type { Clip } from '../../pipeline/datasets/corpus.js';
import { loadClip, openCorpus, writeSyntheticCorpus } from '../../pipeline/datasets/index.js';
import { synthesise } from '../../pipeline/datasets/synthetic.js';
import { renderVoice, type Voice, voiceSampleRateHz } from '../../pipeline/datasets/synthetic-voice.js';

const render = ({ source }: Clip): Float32Array => {
  if (source.kind !== 'synthetic') throw new TypeError('a synthetic clip is needed');
  return synthesise(source);
};

const rms = (samples: Float32Array) => Math.sqrt(mean(samples, (value) => value * value)!);

/** Pitch in Hz: median over 60 ms frames of the lag (70 to 450 Hz) with the highest normalised autocorrelation. */
function measurePitchHz(samples: Float32Array): number {
  const frame = 960;
  const found: number[] = [];
  for (let start = 0; start + 2 * frame < samples.length; start += frame) {
    if (rms(samples.subarray(start, start + frame)) < 0.3 * rms(samples)) continue;
    const correlations: number[] = [];
    for (let lag = 35; lag <= 228; lag++) {
      let product = 0;
      let power = 1e-9;
      let laterPower = 1e-9;
      for (let i = start; i < start + frame; i += 2) {
        product += samples[i] * samples[i + lag];
        power += samples[i] ** 2;
        laterPower += samples[i + lag] ** 2;
      }
      correlations.push(product / Math.sqrt(power * laterPower));
    }
    const best = Math.max(...correlations);
    // The first peak nearly as high as the best one, so that no multiple of the period is taken for it.
    const peak = correlations.findIndex((c, i) => c > 0.9 * best && c >= (correlations[i + 1] ?? -1));
    if (best > 0.5) found.push(voiceSampleRateHz / (peak + 35));
  }
  return median(found)!;
}

const plainVoice: Voice = {
  pitchHz: 150,
  rangeSemitones: 0,
  glideSemitones: 0,
  syllablesPerSecond: 4,
  loudnessDb: 0,
  tiltDbPerOctave: 0,
  jitter: 0,
  tremor: 0,
  breath: 0,
  formantScale: 1,
  durationSeconds: 1.5,
};
const half = () => 0.5;

describe('renderVoice', () => {
  test.each([90, 150, 240, 300])('speaks at %d Hz', (pitchHz) => {
    expect(Math.abs(measurePitchHz(renderVoice({ ...plainVoice, pitchHz }, half)) / pitchHz - 1)).toBeLessThan(0.02);
  });

  test('6 dB louder is twice the samples', () => {
    const twice = renderVoice({ ...plainVoice, loudnessDb: 20 * Math.log10(2) }, half);
    expect(twice).toBeAllClose(
      renderVoice(plainVoice, half).map((value) => 2 * value),
      { absolute: 1e-6 },
    );
  });

  test('pulses fold hardly anything back below the pitch', () => {
    const samples = renderVoice({ ...plainVoice, pitchHz: 250 }, half);
    const power = (hz: number) => {
      let re = 0;
      let im = 0;
      for (let i = 4000; i < 5600; i++) {
        const window = 0.5 - 0.5 * Math.cos((2 * Math.PI * (i - 4000)) / 1600);
        re += window * samples[i] * Math.cos((2 * Math.PI * hz * i) / voiceSampleRateHz);
        im += window * samples[i] * Math.sin((2 * Math.PI * hz * i) / voiceSampleRateHz);
      }
      return re * re + im * im;
    };
    expect(10 * Math.log10(power(250) / power(125))).toBeGreaterThan(20);
  });
});

describe('the synthetic corpus', () => {
  test('has 12 speakers of both genders, 5 emotions, 420 different clips', async () => {
    const { clips, labels, problems } = await openCorpus('synthetic');
    expect(labels).toEqual(['neutral', 'happy', 'sad', 'angry', 'fearful']);
    expect(new Set(clips.map(({ speaker }) => speaker)).size).toBe(12);
    expect(clips.filter(({ gender }) => gender === 'female')).toHaveLength(210);
    expect(new Set(clips.map(({ contentHash }) => contentHash)).size).toBe(420);
    expect(new Set(clips.map(({ id }) => id)).size).toBe(420);
    expect(problems).toEqual([]);
  });

  test('is the same for the same seed and another for another', async () => {
    const [first, again, other] = await Promise.all(['synthetic', 'synthetic:0', 'synthetic:1'].map(openCorpus));
    expect(again).toEqual(first);
    expect(render(again.clips[17])).toEqual(render(first.clips[17]));
    expect(other.clips[17].contentHash).not.toBe(first.clips[17].contentHash);
    expect(render(other.clips[17])).not.toEqual(render(first.clips[17]));
  });

  test('clips last 1.2 to 2 s, are finite, never pass 1 and are never silent', async () => {
    const { clips } = await openCorpus('synthetic');
    for (const clip of clips.filter((_, i) => i % 7 === 3)) {
      const samples = render(clip);
      expect(samples.length / voiceSampleRateHz).toBeGreaterThanOrEqual(1.2);
      expect(samples.length / voiceSampleRateHz).toBeLessThanOrEqual(2);
      expect(samples.every((value) => Math.abs(value) < 1)).toBe(true);
      expect(rms(samples)).toBeGreaterThan(0.003);
    }
  });

  test('a rate of its own is asked of the resampler', async () => {
    const { clips } = await openCorpus('synthetic');
    const [at16k, at8k] = [await loadClip(clips[0], 16_000), await loadClip(clips[0], 8000)];
    expect(at16k).toEqual(render(clips[0]));
    expect(Math.abs(at8k.length - at16k.length / 2)).toBeLessThanOrEqual(1);
  });

  test('pitch follows the speaker and the emotion, loudness the emotion', async () => {
    const corpus = await openCorpus('synthetic');
    const clips = corpus.clips.filter((_, i) => i % 7 < 3); // three of seven takes
    const of = (keep: (clip: Clip) => boolean) => clips.filter(keep).map(render);
    const pitch = (keep: (clip: Clip) => boolean) => median(of(keep), measurePitchHz)!;
    const neutralTakes = (gender: string) => (clip: Clip) => clip.label === 'neutral' && clip.gender === gender;
    expect(pitch(neutralTakes('female'))).toBeGreaterThan(1.3 * pitch(neutralTakes('male')));

    const byMen = (label: string) => (clip: Clip) => clip.label === label && clip.gender === 'male';
    const raised = (label: string) => 12 * Math.log2(pitch(byMen(label)) / pitch(byMen('neutral'))); // semitones
    expect(raised('happy')).toBeGreaterThan(2.5);
    expect(raised('fearful')).toBeGreaterThan(3);
    expect(raised('sad')).toBeLessThan(0);

    const loudness = (label: string) =>
      mean(
        of((clip) => clip.label === label),
        rms,
      )!;
    expect(loudness('angry')).toBeGreaterThan(1.5 * loudness('neutral'));
    expect(loudness('neutral')).toBeGreaterThan(1.3 * loudness('sad'));
  });

  test.each(['x', '-1', '1.5', '1234567890', '0/0', '0/8', '/3'])('synthetic:%s is refused', async (which) => {
    await expect(openCorpus(`synthetic:${which}`)).rejects.toThrow(`synthetic:${which}: is not SEED or SEED/TAKES`);
  });

  test('with fewer takes it holds the same clips, and fewer of them', async () => {
    const [all, some] = await Promise.all(['synthetic:3', 'synthetic:3/4'].map(openCorpus));
    expect(some.clips).toHaveLength(12 * 5 * 4);
    const hashes = new Set(all.clips.map(({ contentHash }) => contentHash));
    expect(some.clips.every(({ contentHash }) => hashes.has(contentHash))).toBe(true);
  });
});

describe('writeSyntheticCorpus', () => {
  test('writes what opens again as a manifest and as a folder, with the same samples', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'serkit-synthetic-'));
    try {
      const whole = await openCorpus('synthetic');
      const corpus = { ...whole, clips: whole.clips.filter((_, i) => i % 60 === 0) };
      const path = await writeSyntheticCorpus(corpus, join(folder, 'made'));
      const manifest = await openCorpus(path);
      expect(manifest.problems).toEqual([]);
      expect(
        manifest.clips.map(({ label, speaker, gender, intensity }) => [label, speaker, gender, intensity]),
      ).toEqual(corpus.clips.map(({ label, speaker, gender, intensity }) => [label, speaker, gender, intensity]));
      expect((await openCorpus(join(folder, 'made'))).clips).toHaveLength(corpus.clips.length);
      const halfStep = 1 / 65_536;
      expect(await loadClip(manifest.clips[1], 16_000)).toBeAllClose(render(corpus.clips[1]), {
        absolute: 2 * halfStep,
      });
      await expect(writeSyntheticCorpus(corpus, join(folder, 'made'))).rejects.toThrow('not empty');
      expect(await readdir(folder)).toEqual(['made']);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test('leaves nothing behind when it fails', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'serkit-synthetic-'));
    try {
      const whole = await openCorpus('synthetic');
      const gone = { ...whole.clips[0], source: { kind: 'file', path: '/nowhere/a.wav' } } as Clip;
      const corpus = { ...whole, clips: [whole.clips[1], gone] };
      await expect(writeSyntheticCorpus(corpus, join(folder, 'made'))).rejects.toThrow('/nowhere/a.wav: no such file');
      expect(await readdir(folder)).toEqual([]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
