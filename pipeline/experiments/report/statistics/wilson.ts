/** The normal quantile of a two-sided 95 % interval. */
export const z95 = 1.959963984540054;

/** Where a figure may lie, `low` ≤ `high`. */
export interface Interval {
  low: number;
  high: number;
}

/**
 * Wilson's 95 % interval of a share: within 0…1, and sound for few examples and shares near 0 or 1, where the textbook's
 * p ± 1.96 · sqrt(p(1 − p)/n) is not.
 *
 * It takes the examples for independent. Clips of one speaker, and noisy copies of one clip, are not quite: the truth is
 * somewhat wider, and differences between groups are judged by `clusteredBootstrap` instead.
 *
 * @param right how many of `examples` have the property, 0…examples
 * @throws RangeError where there is no example
 *
 * Source: E. B. Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22 (1927); recommended
 * by L. D. Brown, T. T. Cai, A. DasGupta, "Interval estimation for a binomial proportion", Statistical Science 16 (2001).
 */
export function wilsonInterval(right: number, examples: number): Interval {
  if (!(examples > 0 && right >= 0 && right <= examples))
    throw new RangeError(`${right} of ${examples} is no share: at least one example, and no more right than there are`);
  const share = right / examples;
  const shrink = 1 + z95 ** 2 / examples;
  const centre = (share + z95 ** 2 / (2 * examples)) / shrink;
  const half = (z95 / shrink) * Math.sqrt((share * (1 - share)) / examples + z95 ** 2 / (4 * examples ** 2));
  return { low: Math.max(0, centre - half), high: Math.min(1, centre + half) };
}

/**
 * 95 % interval of the difference b − a of two independent shares, from their Wilson intervals: for published shares, of
 * which no single answer is known.
 *
 * Source: R. G. Newcombe, "Interval estimation for the difference between independent proportions", Statistics in Medicine
 * 17 (1998), method 10.
 */
export function differenceOfShares(
  a: { right: number; examples: number },
  b: { right: number; examples: number },
): Interval & { difference: number } {
  const [shareA, shareB] = [a.right / a.examples, b.right / b.examples];
  const [ofA, ofB] = [wilsonInterval(a.right, a.examples), wilsonInterval(b.right, b.examples)];
  const difference = shareB - shareA;
  return {
    difference,
    low: difference - Math.hypot(shareB - ofB.low, ofA.high - shareA),
    high: difference + Math.hypot(ofB.high - shareB, shareA - ofA.low),
  };
}

/** Whether nothing can be said of a difference's sign. */
export const holdsZero = ({ low, high }: Interval): boolean => low <= 0 && high >= 0;
