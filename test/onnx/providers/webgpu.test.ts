import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type BrowserPage, openBrowser } from '../../support/browser/chromium.js';
import { runInBrowser } from '../../support/browser/run-file.js';
import { describeWith } from '../../support/needs.js';
import { fromRoot } from '../../support/paths.js';
import { gapOf, type Measured, webGpuTolerance } from './gap.js';
import { providerCases } from './provider-cases.js';

const path = fromRoot('test', 'onnx', 'providers', 'webgpu.json');
const measured: Record<string, Measured> = JSON.parse(readFileSync(path, 'utf8'));

test('what runs on WebGPU was measured for every case', () => {
  expect(Object.keys(measured).sort()).toEqual(providerCases.map(({ key }) => key).sort());
});

describeWith('chromium', 'a file that SUPPORTED.md claims for WebGPU runs there, every node of it', () => {
  let browser: BrowserPage;
  beforeAll(async () => {
    browser = await openBrowser();
  }, 60_000);
  afterAll(() => browser?.close());

  // One case of each class and operation: all of them run in `npm run measure:providers`.
  const runs = providerCases.filter(({ key }) => key in measured && 'gap' in measured[key]);
  const claimed = [...new Map(runs.toReversed().map((each) => [`${each.kind} ${each.of}`, each])).values()];
  test.each(claimed.map((each) => [each.key, each] as const))('%s', async (_key, { file, answer }) => {
    const { feeds, expected } = await answer();
    const given = await runInBrowser(browser.page, await file(), feeds, 'webgpu');
    if ('refused' in given) throw new Error(given.refused);
    expect(
      gapOf(
        given.outputs.map(({ values }) => values),
        expected,
      ),
    ).toBeLessThan(webGpuTolerance);
  });
});
