import { resample } from '../pipeline/audio/index.js';
import type { Recognizer } from './classifier.js';
import { assertClip } from './model-input.js';
import { judge, type Moment, type Window } from './streaming/judge.js';
import { type SpeechGate, toSpeechGate } from './streaming/speech-gate.js';
import { openVoiceActivity } from './streaming/voice-activity.js';
import { planWindows, type WindowOptions, type WindowPlan, wholeWindows } from './streaming/windows.js';

export type { Moment } from './streaming/judge.js';

/** Windows in one run of the model. */
const BATCH = 32;

/** How `Recognizer.timeline` is to cut and gate. */
export interface TimelineOptions extends WindowOptions {
  /** Samples a second: a positive whole number. Resampled where the model wants another rate. */
  sampleRateHz: number;
  /** What counts as speech; `false` labels every window, whatever is in it. Default: `defaultSpeechGate`. */
  gate?: Partial<SpeechGate> | boolean;
  /** Ends the work before its next step. */
  signal?: AbortSignal;
}

/**
 * A recording's emotions over time: `Recognizer.timeline`.
 *
 * Window k is k · hop … k · hop + window of the samples at the model's rate, as long as it lies within. Where the last one
 * ends before the recording does, one more of the same length ends with it. A recording shorter than a window is one
 * moment, with the warning of `classify`. Each label is what `classify` says of the samples cut out.
 */
export async function timeline(
  recognizer: Recognizer,
  samples: Float32Array,
  { sampleRateHz, gate: wanted, signal, ...options }: TimelineOptions,
): Promise<Moment[]> {
  assertClip({ samples, sampleRateHz });
  const plan = planWindows(recognizer.metadata.featureSpec, options);
  const { gate, closed } = toSpeechGate(wanted);
  const resampled = await resample(samples, sampleRateHz, plan.sampleRateHz);
  if (resampled.length === 0)
    throw new RangeError(`${samples.length} samples at ${sampleRateHz} Hz are none at ${plan.sampleRateHz} Hz`);
  const activity = await openVoiceActivity({
    sampleRateHz: plan.sampleRateHz,
    keepSeconds: resampled.length / plan.sampleRateHz,
    mode: gate.mode,
  });
  try {
    activity.push(resampled);
    activity.end();
    const starts = windowStarts(resampled.length, plan);
    const moments: Moment[] = [];
    for (let first = 0; first < starts.length; first += BATCH) {
      signal?.throwIfAborted();
      const windows = starts.slice(first, first + BATCH).map((startSample): Window => {
        const endSample = Math.min(startSample + plan.windowSamples, resampled.length);
        const voicedShare = activity.share(startSample, endSample);
        return { startSample, samples: resampled.subarray(startSample, endSample), voicedShare };
      });
      const judged = await judge(recognizer, windows, { sampleRateHz: plan.sampleRateHz, gate, closed, signal });
      moments.push(...judged);
    }
    return moments;
  } finally {
    activity.release();
  }
}

function windowStarts(samples: number, plan: WindowPlan): number[] {
  const { windowSamples, hopSamples } = plan;
  const starts = Array.from({ length: wholeWindows(samples, plan) }, (_, k) => k * hopSamples);
  const covered = starts.length === 0 ? 0 : starts[starts.length - 1] + windowSamples;
  return covered < samples ? [...starts, Math.max(0, samples - windowSamples)] : starts;
}
