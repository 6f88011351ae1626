import type { BackendName } from './backend.js';
import { answerTrial } from './trial.js';

/** The process of its own in which a native backend is tried: `trial-process.js BACKEND try|time`, forked by trial.ts. */
const [backend, purpose] = process.argv.slice(2);
const answer = await answerTrial(backend as BackendName, purpose as 'try' | 'time');
process.send!(answer, () => process.exit());
