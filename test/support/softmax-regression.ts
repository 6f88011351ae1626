/**
 * Multinomial logistic regression by plain gradient descent with weight decay, on features standardised by the
 * training rows: the smallest model that tells whether features carry the labels. Returns the predicted label of each
 * test row.
 */
export function softmaxRegression(
  train: readonly { features: ArrayLike<number>; label: number }[],
  test: readonly ArrayLike<number>[],
  {
    classes,
    steps = 200,
    rate = 0.3,
    decay = 0.01,
  }: { classes: number; steps?: number; rate?: number; decay?: number },
): number[] {
  const width = train[0].features.length;
  const column = (d: number) => train.map(({ features }) => features[d]);
  const means = Array.from({ length: width }, (_, d) => column(d).reduce((a, b) => a + b) / train.length);
  const deviations = means.map((mean, d) =>
    Math.sqrt(column(d).reduce((sum, value) => sum + (value - mean) ** 2, 0) / train.length + 1e-12),
  );
  const standardised = (row: ArrayLike<number>) =>
    Float64Array.from({ length: width + 1 }, (_, d) => (d === width ? 1 : (row[d] - means[d]) / deviations[d]));
  const weights = Array.from({ length: classes }, () => new Float64Array(width + 1)); // (classes, features + 1)
  const scores = (row: Float64Array) => weights.map((w) => w.reduce((sum, value, d) => sum + value * row[d], 0));

  const rows = train.map(({ features }) => standardised(features));
  for (let step = 0; step < steps; step++) {
    const slopes = weights.map((w) => w.map((value) => decay * value));
    rows.forEach((row, i) => {
      const exponentials = scores(row).map(Math.exp);
      const total = exponentials.reduce((a, b) => a + b);
      for (let c = 0; c < classes; c++) {
        const error = (exponentials[c] / total - (train[i].label === c ? 1 : 0)) / rows.length;
        for (let d = 0; d <= width; d++) slopes[c][d] += error * row[d];
      }
    });
    for (let c = 0; c < classes; c++) weights[c] = weights[c].map((value, d) => value - rate * slopes[c][d]);
  }
  return test.map((row) => {
    const all = scores(standardised(row));
    return all.indexOf(Math.max(...all));
  });
}
