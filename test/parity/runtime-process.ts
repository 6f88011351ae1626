import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { SpokenClip } from './spoken-clips.js';
import type { Subject } from './subject.js';

const run = promisify(execFile);

/** A program whose further arguments are files of float32 samples, and that prints probabilities by label for each. */
interface Program {
  program: string;
  args: readonly string[];
  cwd: string | undefined;
}

/** What another program answers for clips, (clips, labels). `prepare` gets a folder of its own for what it needs. */
export async function probabilitiesOfProcess(
  { labels }: Subject,
  clips: readonly SpokenClip[],
  prepare: (folder: string) => Promise<Program>,
): Promise<Float32Array> {
  const folder = mkdtempSync(join(tmpdir(), 'serkit-parity-'));
  try {
    const files = clips.map(({ samples }, i) => {
      const file = join(folder, `${i}.f32`);
      writeFileSync(file, new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength));
      return file;
    });
    const { program, args, cwd } = await prepare(folder);
    const { stdout } = await run(program, [...args, ...files], { cwd, maxBuffer: 64e6 });
    const rows: Record<string, number>[] = JSON.parse(stdout);
    return Float32Array.from(rows.flatMap((row) => labels.map((label) => row[label])));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
