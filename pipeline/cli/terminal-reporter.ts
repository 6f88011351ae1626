import { Presets, SingleBar } from 'cli-progress';
import { durationText } from '../workflows/reporter.js';

/** Steps and progress on stderr: a bar with the time left on a terminal, a line every ten seconds elsewhere. */
export class TerminalReporter {
  #bar: SingleBar | undefined;
  #title = '';
  #plainStarted = 0;
  #lastLine = 0;

  line(text: string): void {
    this.end();
    console.error(text);
  }

  progress(title: string, done: number, total: number, detail = '', secondsLeft?: number): void {
    if (!process.stderr.isTTY) {
      this.#plain(title, done, total, detail, secondsLeft);
      return;
    }
    if (this.#title !== title) this.end();
    const payload = { detail, timeLeft: durationText(secondsLeft ?? 0) };
    if (!this.#bar && done < total) {
      const timeLeft = secondsLeft === undefined ? '{eta_formatted}' : '{timeLeft}';
      const format = `${title.padEnd(9)} {bar} {percentage} %, ${timeLeft} left  {detail}`;
      this.#bar = new SingleBar({ format, stream: process.stderr, hideCursor: true }, Presets.shades_classic);
      this.#bar.start(total, done, payload);
      this.#title = title;
    }
    this.#bar?.update(done, payload);
    if (done >= total) this.end();
  }

  /** Ends the bar, if there is one, so that what follows has a line of its own. */
  end(): void {
    this.#bar?.stop();
    this.#bar = undefined;
    this.#title = '';
  }

  #plain(title: string, done: number, total: number, detail: string, toldLeft?: number): void {
    const now = Date.now();
    if (this.#title !== title) {
      this.#title = title;
      this.#plainStarted = now;
      this.#lastLine = now;
    }
    if (now - this.#lastLine < 10_000 || done === 0) return;
    this.#lastLine = now;
    const secondsLeft = toldLeft ?? (((now - this.#plainStarted) / done) * (total - done)) / 1000;
    const share = Math.round((100 * done) / total);
    console.error(`${title} ${share} %, about ${durationText(secondsLeft)} left${detail ? `, ${detail}` : ''}`);
  }
}
