import type { Outcome } from '../experiments/grid/run-cells.js';
import { type CellWork, priorSeconds, timeLeft } from '../experiments/grid/time-left.js';
import { remember, type Timings, writeTimings } from '../experiments/grid/timings.js';
import type { Reporter } from './reporter.js';

/** A cell under way. */
interface Running {
  startedMs: number;
  /** Where and when its training was first heard of: it may have gone on from a checkpoint. */
  first?: { share: number; ms: number };
}

/** The least that must be seen of a cell to say how fast it is. */
const leastShare = 0.03;

/** The bar over all cells: how many are done, and the time left by what has been measured in this report folder. */
export class GridProgress {
  readonly #running = new Map<string, Running>();
  readonly #works: ReadonlyMap<string, CellWork>;
  #ended = 0;

  /** @param works of all cells, those that are done already with a share of 1 */
  constructor(
    private readonly options: {
      reportFolder: string;
      title: string;
      works: readonly CellWork[];
      timings: Timings;
      jobs: number;
      reporter: Reporter;
    },
  ) {
    this.#works = new Map(options.works.map((work) => [work.id, work]));
    this.#ended = options.works.filter(({ share }) => share === 1).length;
  }

  begin(id: string): void {
    this.#running.set(id, { startedMs: performance.now() });
    this.show();
  }

  /** @param share of its training that is done, 0…1 */
  training(id: string, share: number): void {
    const cell = this.#works.get(id)!;
    const running = this.#running.get(id)!;
    const ms = performance.now();
    running.first ??= { share, ms };
    cell.share = share;
    const gained = share - running.first.share;
    if (gained >= leastShare) cell.measured = { work: gained * cell.work, seconds: (ms - running.first.ms) / 1000 };
    this.show();
  }

  async end(id: string, { state }: Outcome): Promise<void> {
    const cell = this.#works.get(id)!;
    const { timings, reportFolder } = this.options;
    const running = this.#running.get(id);
    if (cell.measured && running?.first) {
      const startupSeconds = (running.first.ms - running.startedMs) / 1000;
      timings.startup = remember(timings.startup, { work: 1, seconds: startupSeconds });
      timings.training[cell.family] = remember(timings.training[cell.family], cell.measured);
      await writeTimings(reportFolder, timings);
    }
    cell.measured = undefined;
    this.#running.delete(id);
    if (state === 'stopped') return;
    cell.share = 1; // nothing of it is left, though it may have failed
    this.#ended++;
    this.show();
  }

  show(): void {
    const { works, timings, jobs, reporter, title } = this.options;
    const { doneSeconds, totalSeconds, secondsLeft } = timeLeft(works, timings, jobs, priorSeconds);
    const names = [...this.#running.keys()].join(', ');
    const detail = `${this.#ended} of ${works.length} cells${names ? `; ${names}` : ''}`;
    const done = works.length === this.#ended ? 1000 : Math.min(999, Math.round((1000 * doneSeconds) / totalSeconds));
    reporter.progress(title, done, 1000, detail, secondsLeft);
  }
}
