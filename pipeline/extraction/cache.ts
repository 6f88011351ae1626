import { createHash } from 'node:crypto';
import { mkdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { REPORT_SNR_DB } from '../augmentation/white-noise.js';
import { FEATURE_VERSION, type FeatureSpec, featureShape } from '../features/index.js';
import type { Unit } from './clip-job.js';
import { fromLittleEndian, toLittleEndian } from './feature-files.js';

/**
 * Extracted features on disk: one file per unit of raw little-endian float32 `(bands, frames)`, in a folder per kind
 * of chunk whose `spec.json` says what it holds. A one-chunk spec reads what a two-chunk extraction wrote.
 *
 *     CACHE/<hash of spec.json>/<contentHash>.f32
 *     CACHE/<hash of spec.json>/<contentHash>-noise15-30dB-copy1-seed7.f32
 */
export interface FeatureCache {
  /** The unit's file, whether it is there or not. */
  pathOf(contentHash: string, unit: Unit): string;
  /** Whether the unit's file is there and of the right size; `notes` says where it is of another. */
  has(contentHash: string, unit: Unit): Promise<boolean>;
  /** The unit's values; undefined where they are not there, or are damaged (of another size), which `notes` then says. */
  read(contentHash: string, unit: Unit): Promise<Float32Array | undefined>;
  /** Whole or not at all: written beside its place and renamed. */
  write(contentHash: string, unit: Unit, values: Float32Array): Promise<void>;
  readonly notes: readonly string[];
}

/** @throws Error where the folder cannot be made */
export async function openCache(folder: string, spec: FeatureSpec, seed: number): Promise<FeatureCache> {
  const [chunks, bands, frames] = featureShape(spec);
  const notes: string[] = [];
  const chunkFolders: string[] = [];
  for (let chunk = 0; chunk < chunks; chunk++) {
    const description = JSON.stringify(describeChunk(spec, chunk), null, 2);
    const hash = createHash('sha256').update(description).digest('hex').slice(0, 16);
    chunkFolders.push(join(folder, hash));
    await mkdir(chunkFolders[chunk], { recursive: true }).catch((error: NodeJS.ErrnoException) => {
      throw new Error(
        `${folder}: can't be made a cache folder (${error.code}); choose a folder that can be written to`,
      );
    });
    await writeFileAtomic(join(chunkFolders[chunk], 'spec.json'), `${description}\n`);
  }
  const pathOf = (contentHash: string, { copy, chunk }: Unit): string => {
    const noise = copy === 0 ? '' : `-noise${REPORT_SNR_DB.join('-')}dB-copy${copy}-seed${seed}`;
    return join(chunkFolders[chunk], `${contentHash}${noise}.f32`);
  };

  const fits = (path: string, bytes: number): boolean => {
    if (bytes === 4 * bands * frames) return true;
    notes.push(`${path}: ${bytes} bytes instead of ${4 * bands * frames}, extracted again`);
    return false;
  };

  return {
    notes,
    pathOf,
    async has(contentHash, unit) {
      const path = pathOf(contentHash, unit);
      const file = await stat(path).catch(undefinedWhereMissing);
      return file !== undefined && fits(path, file.size);
    },
    async read(contentHash, unit) {
      const path = pathOf(contentHash, unit);
      const bytes = await readFile(path).catch(undefinedWhereMissing);
      return bytes !== undefined && fits(path, bytes.length) ? fromLittleEndian(bytes) : undefined;
    },
    async write(contentHash, unit, values) {
      await writeFileAtomic(pathOf(contentHash, unit), toLittleEndian(values), { fsync: false });
    },
  };
}

/** All that one chunk's numbers depend on; the first chunk's start decides how far a short clip's chunks are moved. */
function describeChunk({ chunkStartsSeconds, ...spec }: FeatureSpec, chunk: number) {
  return {
    featureVersion: FEATURE_VERSION,
    ...Object.fromEntries(Object.entries(spec).sort()),
    chunkStartSeconds: chunkStartsSeconds[chunk],
    firstChunkStartSeconds: chunkStartsSeconds[0],
  };
}

function undefinedWhereMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}
