import type { TopLevelSpec } from 'vega-lite';
import { averageFigure, clipFigure, figureNumber, scalesOf, singleFigures } from './clip-figures.js';
import { distributionFigures } from './distribution-figures.js';
import type { Exploration } from './exploration.js';

export interface ExplorationFigure {
  /** `figure-08` as the report counts; `pitch`, `pitch-range`, `level`, `level-range` are ours. */
  id: string;
  title: string;
  /** What is seen, of which clip, and what differs from the report's description. */
  caption: string;
  spec: TopLevelSpec;
}

/**
 * The figures of the section, those that a corpus gives: 1 to 3, 8 to 12, 13 of CREMA-D alone, and pitch and energy by
 * emotion and gender. Pictures of clips have the same scales throughout.
 */
export function explorationFigures(exploration: Exploration): ExplorationFigure[] {
  const { chosen, pictures } = exploration;
  const scales = scalesOf(exploration);
  const pictureOf = (figure: string) => pictures.find(({ clip }) => clip.id === chosen[figure]?.clip)!;
  const clipFigures = Object.keys(chosen)
    .filter((figure) => figure !== 'figure-01')
    .map((figure) => clipFigure(exploration, figure, pictureOf(figure), scales));
  const averages = averageFigure(exploration, pictureOf('figure-09'), pictureOf('figure-11'));
  return [
    ...singleFigures(exploration, pictureOf('figure-01')),
    ...clipFigures,
    ...(averages ? [averages] : []),
    ...distributionFigures(exploration),
  ].sort(byNumber);
}

/** Figures of the report first, in its order. */
const byNumber = (a: ExplorationFigure, b: ExplorationFigure) =>
  (figureNumber(a.id) ?? 99) - (figureNumber(b.id) ?? 99);
