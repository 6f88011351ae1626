import type { TopLevelSpec } from 'vega-lite';
import { pictureConfig } from './learning-curves.js';
import { colours } from './style.js';

/** What one model scored, in shares; what was not run has no dot. */
export interface ScoreRow {
  name: string;
  speakerIndependent?: { mean: number; deviation?: number; values: readonly number[] };
  paper?: number;
  published?: number;
}

const kinds = ['ours, speaker-independent', 'ours, paper (leaks)', 'the report, paper (leaks)'] as const;

/**
 * A row a model: the mean over folds and seeds as a dot, ± its standard deviation as a bar, each run as a tick; the score
 * that leaks and the published one beside it, in other shapes.
 *
 * @param axis what the scores are: `accuracy`, `UAR`
 */
export function scoreDotsSpec(rows: readonly ScoreRow[], axis: string, chance?: number): TopLevelSpec {
  const names = rows.map(({ name }) => name);
  const dots = rows.flatMap(({ name, speakerIndependent, paper, published }) => [
    ...(speakerIndependent ? [{ name, kind: kinds[0], score: speakerIndependent.mean }] : []),
    ...(paper === undefined ? [] : [{ name, kind: kinds[1], score: paper }]),
    ...(published === undefined ? [] : [{ name, kind: kinds[2], score: published }]),
  ]);
  const bars = rows.flatMap(({ name, speakerIndependent: { mean, deviation } = { mean: 0 } }) =>
    deviation === undefined ? [] : [{ name, low: Math.max(0, mean - deviation), high: Math.min(1, mean + deviation) }],
  );
  const ticks = rows.flatMap(({ name, speakerIndependent }) =>
    (speakerIndependent?.values ?? []).map((score) => ({ name, score })),
  );
  const present = kinds.filter((kind) => dots.some((dot) => dot.kind === kind));
  const y = { field: 'name', type: 'nominal', sort: names, title: null, scale: { domain: names } } as const;
  const yAxis = { ...y, axis: { labelLimit: 420, grid: true, ticks: false, domain: false } };
  const x = {
    field: 'score',
    type: 'quantitative',
    title: axis,
    scale: { domain: [0, 1] },
    axis: { labelExpr: "format(100 * datum.value, 'd') + ' %'", values: [0, 0.25, 0.5, 0.75, 1] },
  } as const;
  const styled = (list: readonly string[]) => ({
    field: 'kind',
    type: 'nominal',
    scale: { domain: present, range: present.map((kind) => list[kinds.indexOf(kind)]) },
    legend: { title: null, orient: 'bottom', columns: 1 },
  });
  const chanceLayer = chance === undefined ? [] : [chanceLine(chance, x)];
  return {
    width: 300,
    height: { step: 30 },
    data: { values: dots },
    layer: [
      ...chanceLayer,
      {
        data: { values: bars },
        mark: { type: 'rule', strokeWidth: 2, color: colours[0] },
        encoding: { y: yAxis, x: { ...x, field: 'low' }, x2: { field: 'high' } },
      },
      {
        data: { values: ticks },
        mark: { type: 'tick', thickness: 1.5, size: 12, color: colours[0], opacity: 0.7 },
        encoding: { y: yAxis, x },
      },
      {
        mark: { type: 'point', filled: true, size: 90, opacity: 1 },
        encoding: {
          y: yAxis,
          x,
          color: styled([colours[0], colours[1], colours[4]]),
          shape: styled(['circle', 'square', 'diamond']),
        },
      },
    ],
    config: pictureConfig,
  } as TopLevelSpec;
}

const chanceLine = (chance: number, x: object) => ({
  data: { values: [{ score: chance }] },
  layer: [
    { mark: { type: 'rule', strokeDash: [2, 3], color: '#666' }, encoding: { x } },
    {
      mark: {
        type: 'text',
        text: 'chance',
        align: 'left',
        dx: 4,
        baseline: 'bottom',
        dy: -3,
        color: '#555',
        fontSize: 11,
      },
      encoding: { x, y: { value: 0 } },
    },
  ],
});
