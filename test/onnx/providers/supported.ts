import { readFileSync } from 'node:fs';
import { group, sort } from 'd3-array';
import { activations } from '../../../onnx/converters/activations.js';
import { converters } from '../../../onnx/converters/index.js';
import { refusals } from '../../../onnx/converters/refusals.js';
import { opConverters, opRefusals } from '../../../onnx/operations/index.js';
import { table } from '../../../onnx/operations/table.generated.js';
import { fromRoot } from '../../support/paths.js';
import { allOperators } from '../decoded.js';
import { opsWithoutCases } from '../operations/all-cases.js';
import type { Measured } from './gap.js';
import { type ProviderCase, providerCases } from './provider-cases.js';

const read = (name: string) => JSON.parse(readFileSync(fromRoot('test', 'onnx', 'providers', name), 'utf8'));

/** onnx/SUPPORTED.md: what can be exported, as what, where it runs, and what cannot, and why. */
export async function supported(): Promise<string> {
  const operators = await operatorsOfCases();
  const layers = Object.keys(converters);
  const operations = Object.keys(table).filter((op) => op in opConverters);
  const rows = (kind: ProviderCase['kind'], names: readonly string[]) =>
    names.map((name) => row(name, `${kind} ${name}`, operators)).join('\n');
  const sections = sort(
    group(operations, (op) => table[op].list),
    ([list]) => list,
  ).map(([list, names]) => `### ${list}\n\n${head('Operation')}\n${rows('operation', names)}`);
  return `# What can be exported

Made by \`npm run supported\` from the registries and the tests' cases; a test fails where it is stale. Not to be edited.

Files are written for opset 17 (IR 8). **WebGPU**: all nodes of the tests' files ran there and gave tfjs's answer,
measured in headless Chromium with onnxruntime-web (\`npm run measure:providers\`); a number says of how many files that is
true, the others have a node that onnxruntime runs on the CPU, mostly one that works out sizes. Where its WebGPU kernels
answered wrongly (1.30): ${wrong()}. **CUDA**: whether
onnxruntime lists kernels for all operators (docs/OperatorKernels.md); not tried. Everything runs on the CPU.

## Layers: ${layers.length} classes

${head('Class')}
${rows('layer', layers)}

### Refused

| Class | Why |
| --- | --- |
${Object.entries(refusals)
  .map(([name, why]) => `| ${name} | ${why} |`)
  .join('\n')}

Activations: ${Object.keys(activations).join(', ')}.

## Operations of graph models: ${operations.length} of ${Object.keys(table).length}

${sections.join('\n\n')}

### Refused

| Operation | Why |
| --- | --- |
${Object.keys(table)
  .filter((op) => op in opRefusals)
  .map((op) => `| ${op} | ${opRefusals[op]} |`)
  .join('\n')}
`;
}

const wrong = (): string =>
  Object.keys(measured)
    .filter((key) => 'wrong' in measured[key])
    .join('; ') || 'nowhere';

const head = (what: string): string => `| ${what} | ONNX operators | WebGPU | CUDA |\n| --- | --- | --- | --- |`;

/** The operators of the files of each class and operation, by `layer Dense`. */
async function operatorsOfCases(): Promise<Map<string, Set<string>>> {
  const found = new Map<string, Set<string>>();
  for (const { kind, of, file } of providerCases) {
    const key = `${kind} ${of}`;
    const operators = found.get(key) ?? new Set();
    for (const opType of allOperators(await file())) operators.add(opType);
    found.set(key, operators);
  }
  return found;
}

const measured: Record<string, Measured> = read('webgpu.json');
const cuda: Record<string, readonly string[]> = read('cuda.json').operators;

function row(name: string, key: string, operators: ReadonlyMap<string, ReadonlySet<string>>): string {
  const used = [...(operators.get(key) ?? [])].sort();
  const cases = providerCases.filter(({ kind, of }) => `${kind} ${of}` === key);
  if (opsWithoutCases.includes(name)) return `| ${name} | by tests of their own | not measured | not measured |`;
  const ran = cases.filter((each) => each.key in measured && 'gap' in measured[each.key]).length;
  const webGpu = ran === cases.length ? 'yes' : ran === 0 ? 'no' : `${ran} of ${cases.length}`;
  const missing = used.filter((op) => !(op in cuda));
  const onCuda = missing.length === 0 ? 'yes' : `not ${missing.join(', ')}`;
  return `| ${name} | ${used.join(', ') || 'none'} | ${webGpu} | ${onCuda} |`;
}
