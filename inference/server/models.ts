import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { ModelMetadata } from '../metadata.js';
import { readModelMetadata } from '../model-file.js';
import type { Ports } from './pool/messages.js';
import type { WorkerPool } from './pool/pool.js';
import { Problem } from './problem.js';

/** A model that is being served. */
export interface ServedModel {
  /** The file's name without its ending: what clients call it. */
  name: string;
  /** The first 12 digits of the file's SHA-256. */
  version: string;
  /** What the pool knows it by: another one each time that it is loaded. */
  key: string;
  metadata: ModelMetadata;
  ports: Ports;
}

/** What became of a look at a file. */
export interface ReloadEvents {
  loaded(model: ServedModel): void;
  failed(name: string, error: Error): void;
}

/** Much above what an emotion recognizer has; a file of that size is a mistake. */
const MAX_MODEL_BYTES = 2 ** 30;

/**
 * The models of a server, by name. A file that changes is loaded beside the old version, answers a probe in every worker,
 * and only then takes the name over; the old version goes when its last request is answered. A file that cannot be used
 * changes nothing.
 */
export class Models {
  readonly #served = new Map<string, ServedModel>();
  /** The state of each file when it was last tried: one that failed is not tried again until it changes. */
  readonly #tried = new Map<string, string>();
  #busy: Promise<void> = Promise.resolve();
  #loads = 0;

  constructor(
    readonly paths: readonly string[],
    readonly pool: WorkerPool,
    readonly events: ReloadEvents,
  ) {}

  get all(): ServedModel[] {
    return [...this.#served.values()];
  }

  /**
   * @param name the first model where left out
   * @throws Problem where there is none of that name
   */
  get(name?: string): ServedModel {
    const model = name === undefined ? this.all[0] : this.#served.get(name);
    if (model) return model;
    const there = this.all.map((served) => served.name).join(', ');
    throw new Problem('no-such-model', `there is no model ${JSON.stringify(name)} (there: ${there})`);
  }

  /** Loads all files. @throws Error that names the file which cannot be used, or two of one name */
  async loadAll(): Promise<void> {
    const files = await modelFiles(this.paths);
    for (const file of files) {
      const same = files.find((other) => other !== file && nameOf(other) === nameOf(file));
      if (same)
        throw new RangeError(`${file} and ${same} have one name: models are told apart by the name of their file`);
      const state = await stateOf(file);
      await this.#load(file);
      this.#tried.set(file, state);
    }
  }

  /**
   * Looks at the files, and loads those that have changed. Looks follow one another. A file is taken when it has stood
   * still for `settleMs`, so that one which is being written is not read half.
   */
  look(settleMs: number): Promise<void> {
    this.#busy = this.#busy.then(() => this.#look(settleMs)).catch(() => {});
    return this.#busy;
  }

  async #look(settleMs: number): Promise<void> {
    const found = await Promise.all(this.paths.map((path) => modelFiles([path]).catch(() => [path])));
    for (const file of found.flat()) {
      try {
        let state = await stateOf(file);
        if (this.#tried.get(file) === state) continue;
        for (let before = ''; before !== state; ) {
          before = state;
          await new Promise((resolve) => setTimeout(resolve, settleMs));
          state = await stateOf(file);
        }
        this.#tried.set(file, state);
        if (state === GONE) throw new Error(`${file}: is not there any more; what was loaded of it goes on`);
        await this.#load(file);
      } catch (error) {
        this.events.failed(nameOf(file), error as Error);
      }
    }
  }

  async #load(file: string): Promise<void> {
    const { size } = await stat(file);
    if (size > MAX_MODEL_BYTES)
      throw new RangeError(`${file}: has ${size} bytes (supported: up to ${MAX_MODEL_BYTES})`);
    const bytes = await readFile(file);
    const name = nameOf(file);
    const version = createHash('sha256').update(bytes).digest('hex').slice(0, 12);
    const before = this.#served.get(name);
    if (before?.version === version) return;
    const key = `${name}@${version}#${++this.#loads}`;
    const metadata = readModelMetadata(bytes, file);
    const ports = await this.pool.addModel({ key, name: file, bytes });
    const model: ServedModel = { name, version, key, metadata, ports };
    this.#served.set(name, model);
    this.events.loaded(model);
    if (before) void this.pool.removeModel(before.key);
  }
}

const nameOf = (file: string): string => basename(file, '.onnx');

const GONE = 'gone';

/** What changes when the file does. */
async function stateOf(file: string): Promise<string> {
  return stat(file).then(
    ({ mtimeMs, size, ino }) => [mtimeMs, size, ino].join(' '),
    () => GONE,
  );
}

/** The files that are meant: each path, or what a folder has of `.onnx`. @throws Error for a path that is not there */
async function modelFiles(paths: readonly string[]): Promise<string[]> {
  const files = await Promise.all(
    paths.map(async (path) => {
      const isFolder = await stat(path).then(
        (found) => found.isDirectory(),
        () => {
          throw new Error(
            `${path}: is not there; supported: an .onnx file from \`serkit export\`, or a folder of them`,
          );
        },
      );
      if (!isFolder) return [path];
      const inside = (await readdir(path)).filter((name) => name.endsWith('.onnx')).sort();
      if (inside.length === 0) throw new Error(`${path}: has no .onnx file; supported: files from \`serkit export\``);
      return inside.map((name) => join(path, name));
    }),
  );
  return files.flat();
}
