import { intactModels, judgeModel } from './judge-model.js';

/** Judges the cases from `start` to `end`, a line of JSON each: a process, which a mutated graph may end. */
const [seed, start, end] = process.argv.slice(2);
const models = await intactModels();
for (let i = Number(start); i < Number(end); i++)
  process.stdout.write(`${JSON.stringify({ i, ...(await judgeModel(`${seed}-${i}`, models)) })}\n`);
