import { readFile, writeFile } from 'node:fs/promises';
import { fromRoot } from '../support/paths.js';
import { recordFile } from './record.js';
import { page, readmeBlock, readRecord, withBlock } from './table.js';

/** `npm run parity:table`: docs/parity.md and the table in the README, from what was measured. */
const record = readRecord(recordFile);
const readme = fromRoot('README.md');
await writeFile(fromRoot('docs', 'parity.md'), page(record));
await writeFile(readme, withBlock(await readFile(readme, 'utf8'), readmeBlock(record)));
