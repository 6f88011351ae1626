import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { toOnnx } from '../../onnx/index.js';
import { describeWith } from '../support/needs.js';
import { fromRoot } from '../support/paths.js';
import { reportCnn, reportCnnLstm } from './cnn.js';
import { decoded } from './decoded.js';
import { exported } from './exported.js';
import { layerCases } from './layer-cases.js';
import { opCases } from './operations/all-cases.js';
import { artifactsOfCase } from './operations/op-case.js';

describeWith('python-onnx', 'every value of a file has its type and shape', () => {
  const models = [
    ...layerCases,
    ...[reportCnn, reportCnnLstm].map((build) => ({ layer: build.name, title: '', build })),
  ];

  test('of operations: no other than ONNX finds', () => {
    const folder = mkdtempSync(join(tmpdir(), 'serkit-shapes-'));
    try {
      const paths = opCases.map((opCase, i) => {
        const path = join(folder, `${i} ${opCase.op} ${opCase.title.replaceAll(/\W/g, ' ')}.onnx`);
        writeFileSync(path, toOnnx(artifactsOfCase(opCase)));
        return path;
      });
      const script = [fromRoot('test', 'onnx', 'infer_shapes.py'), '--partly'];
      const report = execFileSync(process.env.SERKIT_PYTHON ?? 'python3', [...script, ...paths], { encoding: 'utf8' });
      expect(report.trimEnd().split('\n')).toHaveLength(opCases.length);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test.each(['fp32', 'fp16', 'int8'] as const)('%s: those that ONNX finds, where it finds one', async (precision) => {
    const folder = mkdtempSync(join(tmpdir(), 'serkit-shapes-'));
    try {
      const paths: string[] = [];
      for (const [i, { layer, build }] of models.entries()) {
        const path = join(folder, `${i} ${layer}.onnx`);
        writeFileSync(path, await exported(build(), { precision }));
        paths.push(path);
      }
      const script = fromRoot('test', 'onnx', 'infer_shapes.py');
      const report = execFileSync(process.env.SERKIT_PYTHON ?? 'python3', [script, ...paths], { encoding: 'utf8' });
      const compared = report.trimEnd().split('\n');
      expect(compared).toHaveLength(models.length);
      expect(compared.reduce((sum, line) => sum + Number(line.split(' ').at(-2)), 0)).toBeGreaterThan(models.length);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

test('names in a file tell the layer and the operator, and the batch is open', async () => {
  for (const { build } of layerCases) {
    const { node, input, output } = decoded(await exported(build())).graph!;
    // An optimisation may put a Reshape where LAYER/Transpose was.
    for (const { name } of node) expect(name).toMatch(/^.+\/[A-Z][A-Za-z0-9]+(_\d+)?$/);
    for (const { type } of [...input, ...output]) {
      const shape = type!.value.case === 'tensorType' ? type!.value.value.shape! : undefined;
      expect(shape!.dim[0].value).toEqual({ case: 'dimParam', value: 'batch' });
    }
  }
});
