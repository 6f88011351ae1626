import { readFile } from 'node:fs/promises';
import { version_core } from '@tensorflow/tfjs-core';
import { currentLink } from '../training/backends/tensorflow/link.js';
import { packageVersion } from './package-version.js';

/** Versions of everything that a run's numbers depend on. */
export async function versions(): Promise<Record<string, string>> {
  const link = await currentLink();
  return {
    serkit: await packageVersion(),
    node: process.version,
    tfjs: version_core,
    ...(link ? { tensorflow: `${link.version}${link.gpu ? ' (CUDA)' : ''}` } : {}),
    meyda: await versionOf('meyda'),
  };
}

async function versionOf(name: string): Promise<string> {
  const entry = new URL(import.meta.resolve(name)).pathname;
  const end = entry.lastIndexOf(`/${name}/`) + name.length + 2;
  return JSON.parse(await readFile(`${entry.slice(0, end)}package.json`, 'utf8')).version;
}
