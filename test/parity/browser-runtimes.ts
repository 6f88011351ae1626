import { type OpenedApp, openWebApp, type WebApp } from '../support/browser/web-app.js';
import type { FileKind, Runtime } from './runtimes.js';
import { clipRateHz, type SpokenClip } from './spoken-clips.js';
import type { Subject } from './subject.js';

let opened: Promise<OpenedApp> | undefined;

/** Closes Chromium, where it was opened: there is one for all answers of a process. */
export async function closeBrowser(): Promise<void> {
  const app = await opened;
  opened = undefined;
  await app?.close();
}

const base64 = ({ buffer, byteOffset, byteLength }: Uint8Array | Float32Array): string =>
  Buffer.from(buffer, byteOffset, byteLength).toString('base64');

/** So many clips cross to the page at once. */
const clipsAtOnce = 12;

/** By `serkit/web` in headless Chromium, from samples on, as a page does it. */
const web = (provider: 'wasm' | 'webgpu'): Omit<Runtime, 'kinds'> => ({
  ...{ name: `onnxruntime-web ${provider} in Chromium`, gpu: provider === 'webgpu', need: 'chromium' },
  async answer(subject: Subject, { input, precision }: FileKind, clips: readonly SpokenClip[]) {
    opened ??= openWebApp({});
    const { page } = await opened;
    const model = base64(await subject.file(input, precision));
    const recognizer = await page.evaluateHandle(
      async ({ model, provider }) => {
        const { serkit } = globalThis as unknown as WebApp;
        const bytes = Uint8Array.from(atob(model), (letter) => letter.charCodeAt(0));
        return serkit.load(bytes, { provider, wasmPaths: '/ort/' });
      },
      { model, provider },
    );
    const rows: number[][] = [];
    for (let start = 0; start < clips.length; start += clipsAtOnce) {
      const samples = clips.slice(start, start + clipsAtOnce).map((clip) => base64(clip.samples));
      const answers = await recognizer.evaluate(
        async (recognizer, { samples, sampleRateHz }) => {
          const bytes = samples.map((text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)));
          const clips = bytes.map(({ buffer }) => ({ samples: new Float32Array(buffer), sampleRateHz }));
          const answers = await recognizer.classifyBatch(clips);
          return answers.map(({ probabilities }) => recognizer.labels.map((label) => probabilities[label]));
        },
        { samples, sampleRateHz: clipRateHz },
      );
      rows.push(...answers);
    }
    await recognizer.evaluate((recognizer) => recognizer.dispose());
    return Float32Array.from(rows.flat());
  },
});

/** Chromium has WebGPU through SwiftShader: for correctness, not for speed. */
export const browserRuntimes = [web('wasm'), web('webgpu')];
