import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { cellFolder, type Plan, readPlan } from '../experiments/grid/plan.js';
import { placeless } from '../experiments/report/index.js';
import type { RunConfig } from '../experiments/run-folder.js';
import { writeDurably } from '../training/write-durably.js';

/** The page and what stands beside it. */
const pageParts = ['index.html', 'report.md', 'figures'];
/** Of a cell all that numbers came from; not its weights. */
const cellFiles = ['metrics.jsonl', 'scores.json', 'predictions.csv', 'model.json'];

/**
 * Copies a written report to where others can read it: the page, its pictures, and of each training the record that its
 * numbers link to, without weights and checkpoints. No file names a place on this machine. What an earlier publication
 * left there is replaced.
 *
 * @throws Error where no report has been written, or `to` holds something else
 */
export async function publishReport(folder: string, to: string): Promise<{ to: string; cells: number }> {
  const plan = await readPlan(folder);
  if (!existsSync(join(folder, 'index.html')))
    throw new Error(`${folder}: holds no page yet; serkit reproduce writes it`);
  const there: string[] = await readdir(to).catch(() => []);
  if (there.length > 0 && !there.includes('plan.json'))
    throw new Error(`${to}: holds something else (${there[0]}); choose a new folder`);
  for (const part of [...pageParts, 'cells', 'plan.json']) await rm(join(to, part), { recursive: true, force: true });
  await mkdir(to, { recursive: true });
  for (const part of pageParts) await cp(join(folder, part), join(to, part), { recursive: true });
  const source = <T extends { data: string }>(given: T): T => ({ ...given, data: placeless(given.data) });
  const published: Plan = { ...plan, data: source(plan.data), unlabelled: plan.unlabelled.map(source) };
  await writeDurably(join(to, 'plan.json'), `${JSON.stringify(published, null, 2)}\n`);
  let cells = 0;
  for (const cell of plan.cells) if (await publishCell(cellFolder(folder, cell), cellFolder(to, cell), folder)) cells++;
  return { to, cells };
}

async function publishCell(from: string, to: string, report: string): Promise<boolean> {
  const configFile = join(from, 'config.json');
  if (!existsSync(configFile)) return false;
  await mkdir(to, { recursive: true });
  const config: RunConfig = JSON.parse(await readFile(configFile, 'utf8'));
  const run = <T extends { run: string }>(source: T | undefined) =>
    source && { ...source, run: placeOf(source.run, report) };
  const published: RunConfig = {
    ...config,
    data: config.data && placeless(config.data),
    from: run(config.from),
    encoder: run(config.encoder),
    unlabelled: (config.unlabelled ?? []).map((speech) => ({ ...speech, data: placeless(speech.data) })),
  };
  await writeDurably(join(to, 'config.json'), `${JSON.stringify(published, null, 2)}\n`);
  for (const file of cellFiles) if (existsSync(join(from, file))) await cp(join(from, file), join(to, file));
  return true;
}

/** A run of the report as it lies below its folder, any other by its own name. */
function placeOf(run: string, report: string): string {
  const inside = relative(resolve(report), resolve(run));
  return inside.startsWith('cells') && dirname(inside) !== '.' ? inside : basename(run);
}
