import { expect, test } from '@jest/globals';
import { build } from 'esbuild';
import { chromium } from 'playwright-core';
import { resample } from '../../pipeline/audio/index.js';
import { extractFeatures, featurePresets } from '../../pipeline/features/index.js';
import { chromiumPath } from '../support/browser/chromium-path.js';
import { describeWith } from '../support/needs.js';
import { fromRoot } from '../support/paths.js';
import { chirpWithNoise } from './signals.js';

/** What the page is asked for, once per preset. */
const entry = [
  "import { resample } from './audio/resample.js';",
  "import { extractFeatures } from './features/index.js';",
  'globalThis.featuresOf = async (samples, fromHz, spec) =>',
  '  Array.from(extractFeatures(await resample(Float32Array.from(samples), fromHz, spec.sampleRateHz), spec).values);',
].join('\n');

describeWith('chromium', 'in the browser, bundled as users bundle it', () => {
  test('on the main thread of a page, resampled and extracted: every number is that of Node', async () => {
    const { outputFiles } = await build({
      stdin: { contents: entry, resolveDir: fromRoot('dist', 'pipeline') },
      bundle: true,
      write: false,
      platform: 'browser',
      format: 'esm',
      external: ['module'], // the emscripten module of SpeexDSP asks for it in Node alone
    });
    const browser = await chromium.launch({ executablePath: chromiumPath, args: ['--no-sandbox'] });
    try {
      const page = await browser.newPage();
      await page.addScriptTag({ content: outputFiles[0].text, type: 'module' });
      await page.waitForFunction('globalThis.featuresOf !== undefined');
      const samples = chirpWithNoise(0.8, 48_000);
      for (const spec of [featurePresets.demo, featurePresets['quick-mfcc']]) {
        const given = JSON.stringify([[...samples], 48_000, spec]);
        const inPage = (await page.evaluate(`featuresOf(...${given})`)) as number[];
        expect(inPage).toEqual([...extractFeatures(await resample(samples, 48_000, spec.sampleRateHz), spec).values]);
      }
    } finally {
      await browser.close();
    }
  });
});
