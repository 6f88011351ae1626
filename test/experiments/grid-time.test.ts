import { describe, expect, test } from '@jest/globals';
import { type CellWork, timeLeft } from '../../pipeline/experiments/grid/time-left.js';
import { remember, type Timings } from '../../pipeline/experiments/grid/timings.js';

const billion = 1e9;
const cell = (id: string, family: string, more: Partial<CellWork> = {}): CellWork => ({
  id,
  family,
  work: billion,
  share: 0,
  ...more,
});
const nothing: Timings = { startup: { work: 0, seconds: 0 }, training: {} };
const noStartup = { startup: { work: 1, seconds: 0 } };
const prior = (family: string) => (family === 'slow' ? 40 : 10); // seconds for 10⁹ values

describe('the time that is left', () => {
  test('by the priors where nothing was measured: a slow family counts more than a fast one', () => {
    const timings = { ...nothing, ...noStartup };
    const { totalSeconds, doneSeconds, secondsLeft } = timeLeft(
      [cell('a', 'slow'), cell('b', 'fast')],
      timings,
      1,
      prior,
    );
    expect([totalSeconds, doneSeconds, secondsLeft]).toEqual([50, 0, 50]);
  });

  test('a measured family takes as long as it took, and corrects what is expected of the others', () => {
    const timings = { ...noStartup, training: { fast: { work: 2 * billion, seconds: 40 } } }; // twice its prior
    const cells = [cell('a', 'fast'), cell('b', 'slow', { work: billion / 2 })];
    expect(timeLeft(cells, timings, 1, prior).secondsLeft).toBeCloseTo(20 + 40, 9);
  });

  test('a cell under way is counted by its share, and is believed before it has ended', () => {
    const half = cell('a', 'fast', { share: 0.5, measured: { work: billion / 2, seconds: 15 } });
    const result = timeLeft([half, cell('b', 'fast')], { ...nothing, ...noStartup }, 1, prior);
    expect(result.secondsLeft).toBeCloseTo(15 + 30, 9);
    expect(result.doneSeconds).toBeCloseTo(15, 9);
  });

  test('side by side it is less, and never less than the longest that is left', () => {
    const cells = [cell('a', 'slow'), cell('b', 'fast'), cell('c', 'fast')];
    const timings = { ...nothing, ...noStartup };
    expect(timeLeft(cells, timings, 2, prior).secondsLeft).toBe(40);
    expect(timeLeft([...cells, cell('d', 'slow')], timings, 2, prior).secondsLeft).toBe(50);
  });

  test('a start that was measured is counted for every cell that has to begin', () => {
    const timings = { startup: { work: 4, seconds: 12 }, training: {} };
    expect(timeLeft([cell('a', 'fast'), cell('b', 'fast', { share: 1 })], timings, 1, prior).secondsLeft).toBe(13);
  });

  test('nothing is left when all is done', () => {
    const done = timeLeft([cell('a', 'fast', { share: 1 })], nothing, 2, prior);
    expect(done.secondsLeft).toBe(0);
    expect(done.doneSeconds).toBe(done.totalSeconds);
  });
});

test('measurements of another machine are soon outweighed', () => {
  let measured = remember(undefined, { work: 100, seconds: 1000 });
  for (let i = 0; i < 8; i++) measured = remember(measured, { work: 100, seconds: 100 });
  expect(measured.seconds / measured.work).toBeLessThan(1.05);
});
