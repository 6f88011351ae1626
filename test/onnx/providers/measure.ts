import { writeFile } from 'node:fs/promises';
import { openBrowser } from '../../support/browser/chromium.js';
import { runInBrowser } from '../../support/browser/run-file.js';
import { fromRoot } from '../../support/paths.js';
import { gapOf, type Measured, webGpuTolerance } from './gap.js';
import { providerCases } from './provider-cases.js';

/**
 * `npm run measure:providers`: runs the file of every case on WebGPU in Chromium, each of its nodes there or not at all,
 * and writes what ran, with its largest gap to tfjs, and what did not, and why. SUPPORTED.md is made from it.
 */
const { page, close } = await openBrowser();
const results: Record<string, Measured> = {};
for (const { key, file, answer } of providerCases) {
  const { feeds, expected } = await answer();
  const given = await runInBrowser(page, await file(), feeds, 'webgpu');
  if ('refused' in given) results[key] = { refused: reason(given.refused) };
  else {
    const outputs = given.outputs.map(({ values }) => values);
    const gap = Number(gapOf(outputs, expected).toPrecision(2));
    results[key] = gap < webGpuTolerance ? { gap } : { wrong: true };
  }
  if (Object.keys(results).length % 50 === 0)
    process.stderr.write(`${Object.keys(results).length} of ${providerCases.length} cases\n`);
}
await close();
await writeFile(fromRoot('test', 'onnx', 'providers', 'webgpu.json'), `${JSON.stringify(results, undefined, 1)}\n`);

/** The first line without what changes from run to run. */
function reason(message: string): string {
  if (message.includes('disable_cpu_ep_fallback') || message.includes('fallback to CPU'))
    return 'a node has no WebGPU kernel';
  return message
    .split('\n')[0]
    .replace(/\/\S*\/(?=onnxruntime)/g, '')
    .slice(0, 200);
}
