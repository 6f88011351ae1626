import { expect, test } from '@jest/globals';
import { SampleRing } from '../../../inference/streaming/sample-ring.js';
import { openVoiceActivity, type VoiceActivityMode } from '../../../inference/streaming/voice-activity.js';
import { join, silence, voice, whiteNoise } from './signals.js';

async function voicedShare(samples: Float32Array, sampleRateHz: number, mode: VoiceActivityMode = 2) {
  const activity = await openVoiceActivity({ sampleRateHz, keepSeconds: samples.length / sampleRateHz, mode });
  activity.push(samples);
  activity.end();
  const share = activity.share(0, samples.length);
  activity.release();
  return share;
}

test.each([8000, 11_025, 16_000, 44_100, 48_000])(
  'voice is heard, and not in silence or quiet noise, at %i Hz',
  async (rateHz) => {
    for (const mode of [0, 1, 2, 3] as const) {
      expect(await voicedShare(await voice(2, rateHz), rateHz, mode)).toBeGreaterThan(0.8); // seen: .90 and up
      expect(await voicedShare(silence(2, rateHz), rateHz, mode)).toBe(0);
      expect(await voicedShare(whiteNoise(2, rateHz, -50), rateHz, mode)).toBeLessThan(0.1); // seen: .05
    }
  },
);

test('a stretch is asked about frame by frame, as far back as is kept', async () => {
  const rateHz = 8000;
  const samples = join(silence(1, rateHz), await voice(1, rateHz), silence(1, rateHz));
  const activity = await openVoiceActivity({ sampleRateHz: rateHz, keepSeconds: 2, mode: 2 });
  activity.push(samples.subarray(0, 12_100));
  expect(activity.heardSamples).toBe(12_159); // frames of 160 end at 12,000; the next at 12,160
  activity.push(samples.subarray(12_100));
  expect(activity.share(9000, 15_000)).toBeGreaterThan(0.9);
  expect(activity.share(20_000, 24_000)).toBe(0);
  expect(activity.share(10_000, 10_100)).toBe(0); // no whole frame
  expect(() => activity.share(0, 8000)).toThrow('voice activity of sample 0 is no longer kept');
  activity.release();
  activity.release();
});

test('a ring gives back what was pushed last, across its seam, and nothing else', () => {
  const ring = new SampleRing(10);
  for (let start = 0; start < 27; start += 3) ring.push(Float32Array.of(start, start + 1, start + 2));
  expect(ring.written).toBe(27);
  expect([...ring.read(17, 27)]).toEqual([17, 18, 19, 20, 21, 22, 23, 24, 25, 26]);
  expect([...ring.read(19, 22)]).toEqual([19, 20, 21]);
  expect([...ring.read(27, 27)]).toEqual([]);
  expect(() => ring.read(16, 20)).toThrow('samples 16 to 20 are not in a ring of 10 at 27');
  expect(() => ring.read(25, 28)).toThrow(RangeError);
  expect(() => ring.push(new Float32Array(11))).toThrow('11 samples do not fit a ring of 10');
});
