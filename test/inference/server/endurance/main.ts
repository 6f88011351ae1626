import { parseArgs } from 'node:util';
import { serveTiny } from '../serve.js';
import { fuzz } from './fuzz.js';
import { growth } from './memory.js';
import { soak } from './soak.js';

/** `npm run fuzz:server -- --count 10000 [--seed S]`, `npm run soak -- --minutes 10`: exit code 1 where something was lost or memory grew. */
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    count: { type: 'string', default: '10000' },
    seed: { type: 'string', default: 'fuzz' },
    minutes: { type: 'string', default: '10' },
  },
});
const LARGEST_GROWTH = 1.1;

const serving = await serveTiny({ logLevel: 'error' });
try {
  const report =
    positionals[0] === 'soak'
      ? await soak(serving, Number(values.minutes) * 60, ({ requests, lost, memory }) =>
          console.error(`${requests} requests, ${lost} lost, ${memory.at(-1)?.toFixed(0)} MB`),
        )
      : await fuzz(serving, Number(values.count), values.seed, (done) => console.error(`${done} uploads`));
  const grown = growth(report.memory);
  console.log(JSON.stringify({ ...report, memory: report.memory.map(Math.round), growth: Number(grown.toFixed(3)) }));
  if (grown > LARGEST_GROWTH || ('lost' in report && report.lost > 0)) process.exitCode = 1;
} finally {
  await serving.stop();
}
