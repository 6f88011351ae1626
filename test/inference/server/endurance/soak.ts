import { encodeWav } from '../../../../pipeline/audio/index.js';
import { post, type Serving, tone } from '../serve.js';
import { memoryOf } from './memory.js';

export interface SoakReport {
  requests: number;
  /** That were not answered, or not with what they had to be. */
  lost: number;
  secondsRun: number;
  memory: number[];
}

const CLIENTS = 32;

/**
 * Full load: clients that each ask again as soon as they are answered. Every answer is held against the first one to the
 * same recording.
 */
export async function soak(
  serving: Serving,
  seconds: number,
  said: (report: SoakReport) => void = () => {},
): Promise<SoakReport> {
  const url = `${serving.url}/v1/classify`;
  const recordings = [300, 440, 700, 1200].map((hertz) => encodeWav(tone(1, 8000, hertz), 8000));
  const answerTo = async (recording: Uint8Array, model: string) => {
    const response = await post(`${url}?model=${model}`, recording);
    const { probabilities } = (await response.json()) as { probabilities?: Record<string, number> };
    return probabilities && Object.values(probabilities);
  };
  const models = ['features', 'waveform'];
  const expected = await Promise.all(models.map((model) => Promise.all(recordings.map((one) => answerTo(one, model)))));
  const report: SoakReport = { requests: 0, lost: 0, secondsRun: 0, memory: [] };
  const start = performance.now();
  const left = () => performance.now() - start < seconds * 1000;
  const client = async (number: number) => {
    for (let i = number; left(); i++) {
      const [model, recording] = [i % models.length, i % recordings.length];
      const answer = await answerTo(recordings[recording], models[model]).catch(() => undefined);
      const right = answer?.every((p, label) => Math.abs(p - expected[model][recording]![label]) < 1e-5);
      report.requests++;
      if (!right) report.lost++;
    }
  };
  const watch = async () => {
    while (left()) {
      report.memory.push(await memoryOf(serving));
      report.secondsRun = (performance.now() - start) / 1000;
      said(report);
      await new Promise((resolve) => setTimeout(resolve, (seconds * 1000) / 20));
    }
  };
  await Promise.all([watch(), ...Array.from({ length: CLIENTS }, (_, number) => client(number))]);
  report.secondsRun = (performance.now() - start) / 1000;
  return report;
}
