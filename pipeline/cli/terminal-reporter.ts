import { Presets, SingleBar } from 'cli-progress';

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

  progress(title: string, done: number, total: number, detail = ''): void {
    if (!process.stderr.isTTY) {
      this.#plain(title, done, total, detail);
      return;
    }
    if (this.#title !== title) this.end();
    if (!this.#bar && done < total) {
      const format = `${title.padEnd(9)} {bar} {percentage} %, {eta_formatted} left  {detail}`;
      this.#bar = new SingleBar({ format, stream: process.stderr, hideCursor: true }, Presets.shades_classic);
      this.#bar.start(total, done, { detail });
      this.#title = title;
    }
    this.#bar?.update(done, { detail });
    if (done >= total) this.end();
  }

  /** Ends the bar, if there is one, so that what follows has a line of its own. */
  end(): void {
    this.#bar?.stop();
    this.#bar = undefined;
    this.#title = '';
  }

  #plain(title: string, done: number, total: number, detail: string): void {
    const now = Date.now();
    if (this.#title !== title) {
      this.#title = title;
      this.#plainStarted = now;
      this.#lastLine = now;
    }
    if (now - this.#lastLine < 10_000 || done === 0) return;
    this.#lastLine = now;
    const secondsLeft = (((now - this.#plainStarted) / done) * (total - done)) / 1000;
    const share = Math.round((100 * done) / total);
    console.error(`${title} ${share} %, about ${Math.ceil(secondsLeft)} s left${detail ? `, ${detail}` : ''}`);
  }
}
