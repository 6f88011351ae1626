/**
 * Writes table.generated.ts from the op lists of the installed @tensorflow/tfjs-converter: how its 248 graph operations
 * name their inputs and attributes. `node onnx/operations/generate-table.mjs` after an update of the library; a test
 * fails while the file is stale. Facts of an interface are taken over, no code.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const require = createRequire(import.meta.url);
const packageJson = require.resolve('@tensorflow/tfjs-converter/package.json');
const folder = join(dirname(packageJson), 'dist/operations/op_list');
const { version } = JSON.parse(readFileSync(packageJson, 'utf8'));

export async function table() {
  const lists = readdirSync(folder).filter((name) => name.endsWith('.js') && !name.includes('_test'));
  const entries = [];
  for (const list of lists.sort()) {
    const { json } = await import(pathToFileURL(join(folder, list)).href);
    for (const { tfOpName, inputs = [], attrs = [], outputs } of json)
      entries.push([
        tfOpName,
        { list: list.replace('.js', ''), inputs: inputs.map(input), attributes: attrs.map(attribute), outputs },
      ]);
  }
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  const lines = entries.map(([op, entry]) => `  ${JSON.stringify(op)}: ${JSON.stringify(entry)},`);
  return `// Made by generate-table.mjs from the op lists of @tensorflow/tfjs-converter ${version}. Not to be edited.
import type { Operation } from './operation.js';

export const table: Readonly<Record<string, Operation>> = {
${lines.join('\n')}
};
`;
}

const input = ({ name, type, start, end, defaultValue }) => ({ name, type, start, end, default: defaultValue });
const attribute = ({ name, type, tfName, tfDeprecatedName, defaultValue }) => ({
  name,
  type,
  key: tfName,
  older: tfDeprecatedName,
  default: defaultValue,
});

if (process.argv[1] === fileURLToPath(import.meta.url))
  writeFileSync(new URL('table.generated.ts', import.meta.url), await table());
