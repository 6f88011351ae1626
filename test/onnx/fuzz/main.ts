import fc from 'fast-check';
import type { Verdict } from './compare.js';
import { type Kind, kinds } from './kinds.js';

/** `npm run fuzz:export -- --count N --seed S [--kind NAME]`: N random models of each kind, exported and compared. */

const option = (name: string): string | undefined => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? undefined : process.argv[at + 1];
};

async function fuzz({ name, recipes, verdict: verdictOf }: Kind, count: number, seed: number): Promise<boolean> {
  const started = Date.now();
  const seen = { equal: 0, 'no model': 0, refused: 0, different: 0 };
  const reasons = new Map<string, number>();
  let largest = 0;
  const note = (verdict: Verdict) => {
    seen[verdict.kind]++;
    if (verdict.kind === 'equal') largest = Math.max(largest, verdict.gap);
    else if (verdict.kind !== 'different') {
      const reason = verdict.reason.replaceAll(/"[^"]*"|\d+/g, '…').slice(0, 120);
      reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
    }
    const total = seen.equal + seen.refused + seen['no model'] + seen.different;
    if (total % 100 === 0) console.error(`${name}: ${JSON.stringify(seen)}, largest gap ${largest}`);
  };
  const property = fc.asyncProperty(recipes, async (recipe) => {
    const verdict = await verdictOf(recipe);
    note(verdict);
    if (verdict.kind === 'different') throw new Error(`${verdict.reason}\n${JSON.stringify(verdict.topology)}`);
  });
  const result = await fc.check(property, { numRuns: count, seed });
  for (const [reason, times] of [...reasons].sort((a, b) => b[1] - a[1])) console.error(`  ${times} × ${reason}`);
  if (result.failed) {
    console.log(`${name}: a model differs (--seed ${seed}); recipe ${JSON.stringify(result.counterexample)}`);
    console.log(String(result.errorInstance));
  }
  const seconds = Math.round((Date.now() - started) / 1000);
  console.log(`${name}: ${JSON.stringify(seen)}, largest gap ${largest}, ${seconds} s, seed ${seed}`);
  return !result.failed;
}

let passed = true;
for (const kind of kinds) {
  if (![undefined, kind.name].includes(option('kind'))) continue;
  passed = (await fuzz(kind, Number(option('count') ?? 2000), Number(option('seed') ?? 1))) && passed;
}
process.exitCode = passed ? 0 : 1;
