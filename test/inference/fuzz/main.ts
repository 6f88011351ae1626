import { parseArgs } from 'node:util';
import { fuzzModels } from './fuzz-models.js';

/** `npm run fuzz:models -- --count N --seed S`: N mutated model files into `load` and `classify`. */
const { values } = parseArgs({
  options: { count: { type: 'string', default: '2000' }, seed: { type: 'string', default: '1' } },
});
const { counts, wrong, crashes } = await fuzzModels(Number(values.count), values.seed);
console.log(JSON.stringify(counts));
for (const { i, reason } of wrong) console.log(`WRONG ${values.seed}-${i}: ${reason}`);
for (const { i, reason } of crashes) console.log(`CRASH ${values.seed}-${i}: ${reason}`);
console.log(`${values.count} files, ${wrong.length} wrong, ${crashes.length} crashes, seed ${values.seed}`);
process.exitCode = wrong.length + crashes.length > 0 ? 1 : 0;
