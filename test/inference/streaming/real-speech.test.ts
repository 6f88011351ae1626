import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { defaultSpeechGate, isSpeech, measureLoudness } from '../../../inference/streaming/speech-gate.js';
import { openVoiceActivity } from '../../../inference/streaming/voice-activity.js';
import { loadAudio } from '../../../pipeline/audio/index.js';
import { describeWith } from '../../support/needs.js';

describeWith('ravdess', 'the speech gate on RAVDESS', () => {
  test('every clip is speech where somebody speaks, and none before', async () => {
    const folder = join(process.env.SERKIT_RAVDESS ?? '', 'ravdess');
    const clips = readdirSync(folder).flatMap((actor) =>
      readdirSync(join(folder, actor))
        .filter((clip) => clip.endsWith('.wav'))
        .sort()
        .filter((_, i) => i % 30 === 0)
        .map((clip) => join(folder, actor, clip)),
    );
    expect(clips.length).toBeGreaterThan(40);
    const answers = [];
    for (const clip of clips) {
      const { samples } = await loadAudio(readFileSync(clip), clip, 16_000);
      const activity = await openVoiceActivity({ sampleRateHz: 16_000, keepSeconds: 10, mode: defaultSpeechGate.mode });
      activity.push(samples);
      activity.end();
      const judged = (start: number, end: number) =>
        isSpeech(measureLoudness(samples.subarray(start, end), 16_000), activity.share(start, end), defaultSpeechGate);
      answers.push({ clip, speaking: judged(12_000, 52_000), before: judged(0, 6400) });
    }
    expect(answers.filter(({ speaking }) => !speaking)).toEqual([]);
    // Breath and lips are heard before some of them.
    expect(answers.filter(({ before }) => before).length).toBeLessThan(0.1 * answers.length);
  });
});
