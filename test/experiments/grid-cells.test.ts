import { describe, expect, test } from '@jest/globals';
import type { Cell } from '../../pipeline/experiments/grid/plan.js';
import { type Outcome, runCells } from '../../pipeline/experiments/grid/run-cells.js';

const cell = (id: string, encoder?: string) => ({ id, encoder }) as Cell;

/** Runs cells of which each ends when it is told to, and records what happened in what order. */
function gridOf(cells: Cell[], jobs: number, fails: readonly string[] = []) {
  const log: string[] = [];
  const ends = new Map<string, () => void>();
  const stop = new AbortController();
  const result = runCells({
    cells,
    jobs,
    signal: stop.signal,
    run: ({ id }) => {
      log.push(`+${id}`);
      return new Promise<Outcome>((resolve, reject) => {
        ends.set(id, () => {
          log.push(`-${id}`);
          if (fails.includes(id)) reject(new Error('it broke'));
          else resolve(stop.signal.aborted ? { state: 'stopped' } : { state: 'done' });
        });
      });
    },
    onNotRun: ({ id }) => void log.push(`0${id}`),
  });
  const end = async (id: string) => {
    ends.get(id)!();
    await new Promise(setImmediate);
    return log.splice(0).join(' ');
  };
  return { log, result, stop, end };
}

describe('cells of a grid', () => {
  test('run so many side by side, in their order', async () => {
    const { log, result, end } = gridOf(
      ['a', 'b', 'c'].map((id) => cell(id)),
      2,
    );
    expect(log.splice(0)).toEqual(['+a', '+b']);
    expect(await end('b')).toBe('-b +c');
    expect(await end('c')).toBe('-c');
    expect(await end('a')).toBe('-a');
    expect([...(await result).values()].every(({ state }) => state === 'done')).toBe(true);
  });

  test('one that waits for its encoder lets others pass, and begins as soon as that is done', async () => {
    const { log, result, end } = gridOf([cell('encoder'), cell('hybrid', 'encoder'), cell('c'), cell('d')], 2);
    expect(log.splice(0)).toEqual(['+encoder', '+c']);
    expect(await end('encoder')).toBe('-encoder +hybrid');
    expect(await end('hybrid')).toBe('-hybrid +d');
    await end('c');
    await end('d');
    expect((await result).size).toBe(4);
  });

  test('an encoder that is not among them is there already', () => {
    expect(gridOf([cell('hybrid', 'encoder')], 2).log).toEqual(['+hybrid']);
  });

  test('one that fails keeps only those from running that depend on it', async () => {
    const { result, end } = gridOf([cell('encoder'), cell('hybrid', 'encoder'), cell('c')], 1, ['encoder']);
    expect(await end('encoder')).toBe('+encoder -encoder 0hybrid +c');
    await end('c');
    expect(Object.fromEntries(await result)).toEqual({
      encoder: { state: 'failed', reason: 'it broke' },
      hybrid: { state: 'not run', reason: 'not run: its encoder encoder failed: it broke' },
      c: { state: 'done' },
    });
  });

  test('when interrupted those under way are waited for, and no other begins', async () => {
    const { result, stop, end } = gridOf(
      ['a', 'b', 'c'].map((id) => cell(id)),
      2,
    );
    stop.abort();
    await end('a');
    const settled = await Promise.race([
      result.then(() => true),
      new Promise((resolve) => setImmediate(() => resolve(false))),
    ]);
    expect(settled).toBe(false);
    expect(await end('b')).toBe('-b');
    expect(Object.fromEntries(await result)).toEqual({ a: { state: 'stopped' }, b: { state: 'stopped' } });
  });
});
