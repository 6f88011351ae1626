import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

type Answer = { seconds: number } | { error: string };

/** tf2onnx in a Python process of its own, started once: importing TensorFlow is not counted. */
export class Tf2onnx {
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;
  versions: Record<string, string> = {};

  private constructor(process: ChildProcessWithoutNullStreams) {
    this.#process = process;
    this.#lines = createInterface({ input: process.stdout })[Symbol.asyncIterator]();
  }

  /** @throws Error where the Python, or what it needs, is not there */
  static async start(): Promise<Tf2onnx> {
    const python = process.env.SERKIT_TF2ONNX_PYTHON ?? 'python3';
    const script = join(import.meta.dirname, '..', '..', 'bench', 'peers', 'tf2onnx_export.py');
    const child = spawn(python, [script]);
    let complaint = '';
    child.stderr.on('data', (text) => (complaint = `${complaint}${text}`.slice(-2000)));
    const failure = once(child, 'error').then(([error]) => Promise.reject(error));
    const peer = new Tf2onnx(child);
    try {
      peer.versions = JSON.parse(await Promise.race([peer.#line(), failure])).versions;
    } catch (error) {
      const reason = complaint.trim().split('\n').at(-1) || (error as Error).message;
      throw new Error(
        `tf2onnx is not here: ${reason}; pip install -r bench/peers/tf2onnx_requirements.txt, and SERKIT_TF2ONNX_PYTHON names the python that has it`,
      );
    }
    return peer;
  }

  /** Converts a graph model's model.json; its refusal where it can't. */
  async convert(model: string, output: string, opset: number): Promise<Answer> {
    this.#process.stdin.write(`${JSON.stringify({ model, output, opset })}\n`);
    return JSON.parse(await this.#line());
  }

  async end(): Promise<void> {
    if (this.#process.exitCode !== null) return;
    const ended = once(this.#process, 'close');
    this.#process.stdin.end();
    await ended;
  }

  async #line(): Promise<string> {
    const { value, done } = await this.#lines.next();
    if (done) throw new Error('its process has ended');
    return value;
  }
}
