import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fromRoot } from '../support/paths.js';
import { extractApi } from './extract.js';
import { type Page, sectionsOf, toMarkdown } from './render.js';

/** Writes docs/api, or the folder that is named. */
const [folder = fromRoot('docs', 'api')] = process.argv.slice(2);

const node: Page = {
  title: 'serkit',
  introduction: "In Node: ES modules and their types, `import { load } from 'serkit'`.",
  sections: sectionsOf(extractApi('dist/inference/node.d.ts')),
};
const web: Page = {
  title: 'serkit/web',
  introduction:
    "In browsers and their workers: `import { load } from 'serkit/web'`, with the package onnxruntime-web beside it. No module of Node is needed.",
  sections: sectionsOf(extractApi('dist/inference/web.d.ts')),
};

mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, 'serkit.md'), toMarkdown(node));
writeFileSync(join(folder, 'serkit-web.md'), toMarkdown(web, { page: 'serkit.md', sections: node.sections }));
