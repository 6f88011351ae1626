import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { type Bundle, bundleForBrowser } from '../support/browser/bundle.js';
import { fromRoot } from '../support/paths.js';

/** The files that come with `app.js` at once, by static imports. */
function atOnce({ metafile, files }: Bundle): { bytes: number; gzipped: number; inputs: string[] } {
  const outputs = Object.entries(metafile.outputs);
  const entry = outputs.find(([path]) => path.endsWith('/app.js'))![0];
  const reached = new Set([entry]);
  for (const path of reached)
    for (const { path: other, kind } of metafile.outputs[path].imports)
      if (kind === 'import-statement' && metafile.outputs[other]) reached.add(other);
  const code = Buffer.concat([...reached].map((path) => files.get(path.split('/').pop()!)!));
  return {
    bytes: code.length,
    gzipped: gzipSync(code, { level: 9 }).length,
    inputs: [...reached].flatMap((path) => {
      const { inputs } = metafile.outputs[path];
      return Object.keys(inputs).filter((input) => inputs[input].bytesInOutput > 0);
    }),
  };
}

const ours = /^dist\//;

describe('an app that imports load of serkit/web', () => {
  let bundle: Bundle;
  beforeAll(async () => {
    bundle = await bundleForBrowser(`import { load } from 'serkit/web'; globalThis.load = load;`);
  });

  test('has no module of Node in what is ours, and no Buffer', () => {
    const inputs = Object.entries(bundle.metafile.inputs).filter(([path]) => ours.test(path));
    expect(inputs.length).toBeGreaterThan(15);
    const external = inputs.flatMap(([, { imports }]) => imports.filter((one) => one.external));
    expect(external).toEqual([]);
    const usesNode = ([path]: [string, unknown]) =>
      /["'`]node:|\bBuffer[.(]|\bprocess\./.test(readFileSync(fromRoot(path), 'utf8'));
    expect(inputs.filter(usesNode).map(([path]) => path)).toEqual([]);
  });

  test('begins with less than 160 kB, 50 kB compressed; onnxruntime, decoders and streaming come when they are used', () => {
    const { bytes, gzipped, inputs } = atOnce(bundle);
    expect(bytes).toBeLessThan(160_000);
    expect(gzipped).toBeLessThan(50_000);
    expect(inputs).toContain('dist/inference/web.js');
    const later =
      /onnxruntime|decode-(flac|mp3|opus|vorbis)|fvad|audio\/formats|inference\/(decode-audio|timeline|streaming\/session)/;
    expect(inputs.filter((path) => later.test(path))).toEqual([]);
  });
});

test('one that only decodes has no model, no features and no schemas', async () => {
  const bundle = await bundleForBrowser(`import { decodeAudio } from 'serkit/web'; globalThis.decode = decodeAudio;`);
  const { bytes, inputs } = atOnce(bundle);
  expect(
    inputs.filter((path) =>
      /zod|meyda|protobuf|onnxruntime|inference\/(?!decode-audio|streaming\/speech-gate)/.test(path),
    ),
  ).toEqual([]);
  expect(bytes).toBeLessThan(20_000);
});
