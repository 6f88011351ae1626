import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import { toOnnx } from '../../../onnx/index.js';
import { fromRoot } from '../../support/paths.js';
import { artifactsOf, type GraphCase } from './graph-case.js';
import { type Result, runFile, runGraphModel } from './op-case.js';

/** Exports, runs in both, compares; the bytes. */
export async function expectGraph(graphCase: GraphCase): Promise<Uint8Array> {
  const artifacts = artifactsOf(graphCase);
  const bytes = toOnnx(artifacts);
  expect(Buffer.from(toOnnx(artifacts)).equals(Buffer.from(bytes))).toBe(true);
  for (const [i, feeds] of graphCase.feeds.entries()) {
    const expected = graphCase.expected?.[i] ?? (await runGraphModel(artifacts, feeds, [...graphCase.outputs], true));
    expectResults(await runFile(bytes, feeds), expected, graphCase.absolute ?? 0);
  }
  return bytes;
}

export function expectResults(actual: readonly Result[], expected: readonly Result[], absolute: number): void {
  expect(actual.map(({ shape }) => shape)).toEqual(expected.map(({ shape }) => shape));
  actual.forEach(({ values }, i) => {
    const wanted = expected[i].values;
    if (typeof wanted[0] === 'string') expect(values).toEqual(wanted);
    else
      expect(Float32Array.from(values as number[])).toBeAllClose(Float32Array.from(wanted as number[]), { absolute });
  });
}

/** The checker of onnx (Python) accepts the files, and infers no type or shape other than those written. */
export function expectAccepted(files: readonly Uint8Array[]): void {
  const folder = mkdtempSync(join(tmpdir(), 'serkit-operations-'));
  try {
    const paths = files.map((bytes, i) => {
      const path = join(folder, `${i}.onnx`);
      writeFileSync(path, bytes);
      return path;
    });
    const script = fromRoot('test', 'onnx', 'check_model.py');
    const report = execFileSync(process.env.SERKIT_PYTHON ?? 'python3', [script, ...paths], { encoding: 'utf8' });
    expect(report.trimEnd().split('\n')).toHaveLength(files.length);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
