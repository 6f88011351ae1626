import { createInterface } from 'node:readline';
import type { Task } from './contestants.js';
import { openOurs } from './ours.js';
import { openStock } from './stock.js';

/**
 * The process of a contestant that runs on Node; bench/peers/protocol.py is its like in Python. Its argument is a Task;
 * the first line on stdout says what it is, then each `{"steps": n}` on stdin is answered with n measured steps.
 */
const task = JSON.parse(process.argv[2]) as Task;
const say = (answer: object) => console.log(JSON.stringify(answer));

try {
  const trainer =
    task.kind === 'ours'
      ? await openOurs(task.backend, task.model, task.batch)
      : await openStock(task.model, task.batch);
  const { parameters, device, versions } = trainer;
  say({ parameters, device, versions });
  for await (const line of createInterface({ input: process.stdin })) {
    const steps = await trainer.run(JSON.parse(line).steps);
    say({ ...steps, peakMemoryBytes: process.resourceUsage().maxRSS * 1024 });
  }
  process.exit(0);
} catch (error) {
  console.error((error as Error).message);
  process.exit(1);
}
