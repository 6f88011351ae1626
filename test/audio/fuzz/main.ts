import { parseArgs } from 'node:util';
import { fuzzDecoder } from './fuzz-decoder.js';
import { judge } from './judge.js';

/**
 * `npm run fuzz:decoder -- --count N --seed S`: N mutated sound files into the decoder. `--case C` looks at one of them
 * again, by the name that is printed beside what went wrong.
 */

const { values } = parseArgs({
  options: {
    case: { type: 'string' },
    count: { type: 'string', default: '100000' },
    seed: { type: 'string', default: '1' },
  },
});
if (values.case !== undefined) {
  console.log(await judge(values.case));
  process.exit();
}
const count = Number(values.count);
const started = Date.now();
const { counts, refusals, wrong, megabytes } = await fuzzDecoder({
  count,
  seed: values.seed,
  onProgress: (done) => {
    if (done % 1000 === 0) console.error(`${done} of ${count}`);
  },
});
for (const [file, kinds] of counts) console.log(`${file}: ${JSON.stringify(kinds)}`);
for (const [words, times] of [...refusals].sort((a, b) => b[1] - a[1])) console.log(`${times} × ${words}`);
console.log(`memory, MB at each twentieth: ${megabytes.map(Math.round).join(' ')}; at most ${peakMegabytes()}`);
for (const { seed, reason } of wrong) console.log(`WRONG ${seed}: ${reason}`);
console.log(
  `${count} files, ${wrong.length} wrong, ${Math.round((Date.now() - started) / 1000)} s, seed ${values.seed}`,
);
process.exitCode = wrong.length > 0 ? 1 : 0;

function peakMegabytes(): number {
  return Math.round(process.resourceUsage().maxRSS / 1024);
}
