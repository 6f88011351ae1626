/**
 * The closing line of a CI run: `node summary.mjs RESULTS.json FAILED_STEPS`.
 *
 * RESULTS.json is Jest's; missing, no test has run. A test file that could not be loaded counts as one failure, and so
 * does a step that failed although no test of RESULTS.json did. Exits with 1 where anything failed.
 */
import { existsSync, readFileSync } from 'node:fs';

const [path, failedSteps] = process.argv.slice(2);
const results = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined;
const inTests = (results?.numFailedTests ?? 0) + (results?.numRuntimeErrorTestSuites ?? 0);
const failed = Math.max(inTests, Number(failedSteps), results ? 0 : 1);
console.log(`${results?.numPassedTests ?? 0} passed, ${failed} failed, ${results?.numPendingTests ?? 0} skipped`);
process.exitCode = failed > 0 ? 1 : 0;
