import { readFileSync } from 'node:fs';

/** Linux counts in hundredths of a second. */
const MILLISECONDS_A_TICK = 10;

/**
 * Processor time that a process and its children have taken, milliseconds; undefined where there is no /proc. Unlike
 * requests a second it says what a request costs on a machine that others are busy on too.
 */
export function processMilliseconds(pid: number): number | undefined {
  try {
    const ticks = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ').slice(11, 13); // user, system
    const own = ticks.reduce((sum, count) => sum + Number(count), 0) * MILLISECONDS_A_TICK;
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean);
    return children.reduce((sum, child) => sum + (processMilliseconds(Number(child)) ?? 0), own);
  } catch {
    return undefined;
  }
}
