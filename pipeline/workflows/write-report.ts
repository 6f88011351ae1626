import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { renderPng, renderSvg } from '../experiments/charts/render.js';
import { explorationSchema } from '../experiments/exploration/exploration.js';
import { type Plan, readPlan } from '../experiments/grid/plan.js';
import { parseJson } from '../experiments/read-json.js';
import {
  type Cell,
  type ExplorationParts,
  type InlinePicture,
  inlineSvg,
  isDone,
  type Page,
  type Picture,
  type ReportContext,
  readCells,
  readLayers,
  renderHtml,
  renderMarkdown,
  reportPage,
} from '../experiments/report/index.js';
import { writeDurably } from '../training/write-durably.js';
import { explorationFigures, explorationTables, explore } from './explore-data.js';
import { openData } from './open-data.js';
import { packageVersion } from './package-version.js';
import type { Reporter } from './reporter.js';

export interface WriteReportOptions {
  /** A report folder: `plan.json`, and what has been run of it under `cells/`. */
  folder: string;
  /** DATA, for the exploration. */
  data: string;
  /** Where the further speech lies now; where the plan says that it lay where undefined. */
  unlabelled?: readonly string[];
  skipBad: boolean;
  cache: string;
  reporter: Reporter;
  signal?: AbortSignal;
}

/**
 * Writes the report of a study as far as it has been run: `index.html`, which needs no other file, `report.md`, and its
 * pictures in `figures/`, as SVG and PNG. What was written before is replaced; figures that there are no more are removed.
 *
 * @throws Error that names the file where there is no plan, or the optional chart packages are missing
 */
export async function writeReport(options: WriteReportOptions): Promise<{ html: string; markdown: string }> {
  const { folder, reporter, signal } = options;
  const plan = await readPlan(folder);
  const cells = await readCells(folder, plan);
  const page = reportPage({
    plan,
    cells,
    layers: await layersOf(cells),
    exploration: await explorationOf(options, plan),
    version: await packageVersion(),
    written: new Date(),
  });
  const pictures = await drawPictures(page, join(folder, 'figures'), reporter, signal);
  const html = join(folder, 'index.html');
  const markdown = join(folder, 'report.md');
  await writeDurably(html, renderHtml(page, pictures));
  await writeDurably(markdown, renderMarkdown(page));
  return { html, markdown };
}

/** What the corpus looks like, and CREMA-D where autoencoders learn from it. */
async function explorationOf(options: WriteReportOptions, plan: Plan): Promise<ReportContext['exploration']> {
  const own = await explored(options, options.data, 'exploration.json');
  const i = plan.unlabelled.findIndex(({ name }) => name === 'crema-d');
  if (typeof own === 'string' || i < 0) return own;
  const place = options.unlabelled?.[i] ?? plan.unlabelled[i].data;
  const cremaD = await explored(options, place, 'exploration-crema-d.json');
  return typeof cremaD === 'string' ? own : withCremaD(own, cremaD);
}

/** Table 3 and Figure 13 are CREMA-D's, all else the corpus' own. */
function withCremaD(own: ExplorationParts, cremaD: ExplorationParts): ExplorationParts {
  return {
    ...own,
    tables: [...own.tables.filter(({ id }) => id !== 'table-3'), ...cremaD.tables.filter(({ id }) => id === 'table-3')],
    figures: [...own.figures, ...cremaD.figures.filter(({ id }) => id === 'figure-13')],
    cremaD: cremaD.corpus,
  };
}

/** A corpus explored; where it is not here, as it was when it was last explored into this folder. */
async function explored(
  { folder, skipBad, cache, reporter, signal }: WriteReportOptions,
  data: string,
  name: string,
): Promise<ExplorationParts | string> {
  const file = join(folder, name);
  const parts = (exploration: Parameters<typeof explorationFigures>[0]) => ({
    figures: explorationFigures(exploration),
    tables: explorationTables(exploration),
    corpus: exploration.corpus,
  });
  try {
    const corpus = await openData(data, skipBad, reporter);
    return parts(await explore({ corpus, cache, file, reporter, signal }));
  } catch (error) {
    signal?.throwIfAborted();
    const { message } = error as Error;
    const earlier = explorationSchema.safeParse(parseJson(await readFile(file, 'utf8').catch(() => '')));
    reporter.line(`not explored: ${message}${earlier.success ? `; ${file} is of before` : ''}`);
    return earlier.success ? parts(earlier.data) : message.replaceAll(data.replace(/^[a-z-]+:/, ''), 'DATA');
  }
}

/** Of one finished run of each model that has a table of its layers. */
async function layersOf(cells: readonly Cell[]): Promise<ReportContext['layers']> {
  const layers = new Map<string, { cell: Cell; rows: Awaited<ReturnType<typeof readLayers>> } | string>();
  for (const variant of ['cnn', 'cnn-lstm', 'cnn-attention-lstm', 'cnn+fc-300']) {
    const cell = cells.find((cell) => cell.variant === variant && isDone(cell));
    if (!cell) continue;
    layers.set(
      variant,
      await readLayers(cell.folder).then(
        (rows) => ({ cell, rows }),
        (error: Error) => `its layers can't be read (${error.message.replace(`${cell.folder}/`, '')})`,
      ),
    );
  }
  return layers;
}

/** Draws and writes all pictures. @returns the SVG of each for the page, by its name */
async function drawPictures(
  page: Page,
  folder: string,
  reporter: Reporter,
  signal?: AbortSignal,
): Promise<Map<string, InlinePicture>> {
  const pictures = page.blocks.flatMap((block) => (block.kind === 'figure' ? [...block.pictures] : []));
  const inline = new Map<string, InlinePicture>();
  await mkdir(folder, { recursive: true });
  for (const [i, picture] of pictures.entries()) {
    signal?.throwIfAborted();
    inline.set(picture.name, await drawPicture(picture, folder));
    reporter.progress('drawing', i + 1, pictures.length);
  }
  for (const file of await readdir(folder))
    if (/\.(svg|png)$/.test(file) && !inline.has(file.slice(0, -'.svg'.length))) await rm(join(folder, file));
  return inline;
}

async function drawPicture({ name, description, spec }: Picture, folder: string): Promise<InlinePicture> {
  const svg = await renderSvg(spec);
  const png = await renderPng(svg);
  await Promise.all([writeDurably(join(folder, `${name}.svg`), svg), writeDurably(join(folder, `${name}.png`), png)]);
  return inlineSvg(svg, name, { title: name.replaceAll('-', ' '), description });
}
