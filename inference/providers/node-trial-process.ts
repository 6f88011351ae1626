import { adapterInfo } from './node-adapter.js';
import { answerTrial, type Question } from './node-trial.js';

/** The process of its own in which GPUs are tried: it gets one question from node-trial.ts, and sends the answer. */
process.once('message', async (question: Question) => {
  const answer = question.ask === 'adapter' ? await adapterInfo() : await answerTrial(question);
  process.send!({ answer }, () => process.exit());
});
