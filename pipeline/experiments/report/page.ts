import type { ReportContext } from './context.js';
import { heading, type Page } from './document/blocks.js';
import { autoencoderSections } from './sections/autoencoders.js';
import { conclusion, inShort } from './sections/conclusion.js';
import { evaluationSections } from './sections/evaluation.js';
import { dataExploration } from './sections/exploration.js';
import { hybridSections } from './sections/hybrids.js';
import { methodology } from './sections/methodology.js';
import { recogniserSections } from './sections/recognisers.js';
import { runsSection } from './sections/runs.js';
import { whatWasRun } from './sections/what-was-run.js';

/** The whole page, in the order of the report. */
export function reportPage(context: ReportContext): Page {
  const { plan } = context;
  return {
    title: 'Speech emotion recognition by CNN, LSTM, attention and autoencoders: the report, reproduced',
    subtitle: `Study “${plan.study}” on ${plan.data.name}`,
    blocks: [
      ...inShort(context),
      ...whatWasRun(context),
      ...methodology(context),
      heading(2, 'experiments', '4 Experiments, Results & Discussion'),
      ...dataExploration(context),
      ...recogniserSections(context),
      ...autoencoderSections(context),
      ...hybridSections(context),
      ...evaluationSections(context),
      ...conclusion(context),
      ...runsSection(context),
    ],
  };
}
