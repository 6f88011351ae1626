import { mkdir } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import type { TopLevelSpec } from 'vega-lite';
import { confusionSpec } from '../experiments/charts/confusion.js';
import { type ChartTitle, comparisonSpec, curvesSpec } from '../experiments/charts/curves.js';
import { notInFont, renderPng, renderSvg } from '../experiments/charts/render.js';
import { isRecogniser } from '../experiments/run-folder.js';
import { type RunHistory, readRunHistory } from '../experiments/run-history.js';
import { writeDurably } from '../training/write-durably.js';
import { percent, type Reporter, runScoreText } from './reporter.js';

export interface PlotOptions {
  /** Run folders: one is drawn with all its curves and its confusion matrix, of several the watched UAR and loss. */
  runs: readonly string[];
  /** Default: `plots` in the run's folder, or in the current one where there are several. */
  output?: string;
  format: PlotFormat;
  reporter: Reporter;
}

export type PlotFormat = 'svg' | 'png' | 'both';

/**
 * Draws runs that have ended, train still or were interrupted. Pictures of before are replaced.
 *
 * @returns the files that were written
 * @throws Error as `readRunHistory`, or where the optional chart packages are missing; nothing is then written
 */
export async function plotRuns({ runs, output, format, reporter }: PlotOptions): Promise<{ files: string[] }> {
  const folders = [...new Map(runs.map((run) => [resolve(run), run])).values()];
  const histories: RunHistory[] = [];
  for (const folder of folders) histories.push(await readRunHistory(folder));
  for (const { notes } of histories) for (const note of notes) reporter.line(note);
  const folder = output ?? (histories.length > 1 ? 'plots' : join(folders[0], 'plots'));
  const drawn = new Map<string, string | Uint8Array>();
  for (const [name, spec] of Object.entries(histories.length > 1 ? several(histories) : single(histories[0]))) {
    const svg = await renderSvg(spec);
    if (format !== 'png') drawn.set(join(folder, `${name}.svg`), svg);
    if (format === 'svg') continue;
    drawn.set(join(folder, `${name}.png`), await renderPng(svg));
    const lost = notInFont(svg);
    if (lost.length > 0)
      reporter.line(`${name}.png: its font has no ${lost.slice(0, 5).join(' ')}; an SVG shows them (--format svg)`);
  }
  await mkdir(folder, { recursive: true }).catch((error: Error) => {
    throw new Error(`${folder}: can't be made (${error.message}); choose another with -o`);
  });
  for (const [file, content] of drawn) await writeDurably(file, content);
  return { files: [...drawn.keys()] };
}

function single(run: RunHistory): Record<string, TopLevelSpec> {
  const { scores } = run;
  const text = describe(run);
  if (!scores) {
    const last = run.epochs.at(-1)!;
    const { uar, loss } = last.watched;
    const watched = uar === undefined ? `loss ${loss?.toFixed(4) ?? '–'}` : `UAR ${uar === null ? '–' : percent(uar)}`;
    const subtitle = `${epochsOf(run)} so far, no test score yet; last watched ${watched}${leaks(run) ? ' (leaks)' : ''}`;
    return { curves: curvesSpec(run, { text, subtitle: [subtitle] }) };
  }
  const title: ChartTitle = {
    text,
    subtitle: [
      `${epochsOf(run)}, kept epoch ${scores.keptEpoch}; ${scores.test.examples} test examples:`,
      runScoreText(scores),
    ],
  };
  if (!isRecogniser(scores)) return { curves: curvesSpec(run, title) };
  return { curves: curvesSpec(run, title), confusion: confusionSpec(scores.test.confusion, title) };
}

function several(runs: readonly RunHistory[]): Record<string, TopLevelSpec> {
  const names = runs.map(({ folder }) => basename(resolve(folder)));
  const unlike = new Set(names).size === names.length;
  const named = runs.map((run, i) => ({ name: `${unlike ? names[i] : run.folder}: ${describe(run)}`, run }));
  return { comparison: comparisonSpec(named, { text: `${runs.length} runs` }) };
}

/** `cnn, paper-16k, speaker-independent fold 0, seed 1, wasm`. */
function describe(run: RunHistory): string {
  const { experiment, preset, backend } = run.config;
  const { model, protocol, fold, seed } = experiment;
  const ofFold = protocol === 'paper' ? '' : ` fold ${fold}`; // paper has none
  return `${model}, ${preset}, ${protocol}${ofFold}${leaks(run) ? ' (leaks)' : ''}, seed ${seed}, ${backend}`;
}

/** What the score says; before there is one, what is known of the protocol. */
const leaks = ({ scores, config }: RunHistory): boolean => scores?.leaks ?? config.experiment.protocol === 'paper';

const epochsOf = ({ epochs }: RunHistory): string => `${epochs.length} ${epochs.length === 1 ? 'epoch' : 'epochs'}`;
