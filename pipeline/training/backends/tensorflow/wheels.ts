import { spawn } from 'node:child_process';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import envPaths from 'env-paths';
import { changeSince, type Fingerprint, fingerprint, fingerprintSchema } from './fingerprint.js';
import { replaceFolder } from './replace-folder.js';

/** Which TensorFlow: its version (such as 2.18.1), and whether the build with CUDA 12 and NVIDIA's libraries beside it. */
export interface TensorflowBuild {
  version: string;
  gpu: boolean;
}

/** A build on this machine: `tensorflow/` with its libraries and headers, `nvidia/` beside it, and what the files are. */
export interface FetchedTensorflow {
  folder: string;
  libraries: [string, string];
  files: Fingerprint;
}

interface Wheel {
  /** What pip calls the build for processors, and the one with CUDA. */
  cpu: string;
  gpu?: string;
  /** pip's names for the platform: the first is that of TensorFlow up to 2.20, then that of later ones and of NVIDIA. */
  platforms: string[];
  libraries: [string, string];
}

const linuxLibraries: Wheel['libraries'] = ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'];

/** The wheels that TensorFlow publishes, by Node's name of the platform. */
const wheels: Record<string, Wheel> = {
  'linux-x64': {
    cpu: 'tensorflow-cpu',
    gpu: 'tensorflow',
    platforms: ['manylinux_2_17_x86_64', 'manylinux_2_27_x86_64', 'manylinux2014_x86_64', 'manylinux1_x86_64'],
    libraries: linuxLibraries,
  },
  'linux-arm64': {
    cpu: 'tensorflow',
    platforms: ['manylinux_2_17_aarch64', 'manylinux_2_27_aarch64'],
    libraries: linuxLibraries,
  },
  'darwin-arm64': {
    cpu: 'tensorflow',
    platforms: ['macosx_12_0_arm64'],
    libraries: ['libtensorflow_cc.2.dylib', 'libtensorflow_framework.2.dylib'],
  },
};

const record = 'serkit-files.json';

/**
 * A TensorFlow in the user's cache folder, fetched with pip where it is not there or is not whole. pip checks the wheel's
 * hash; what is kept of it has its checksums beside it, so that a damaged cache is noticed and fetched again.
 *
 * @throws Error where there is no such wheel, or pip is not here or fails
 */
export async function fetchTensorflow(
  build: TensorflowBuild,
  onStep: (line: string) => void,
): Promise<FetchedTensorflow> {
  const { version, gpu } = build;
  const platform = `${process.platform}-${process.arch}`;
  const wheel = wheels[platform];
  if (!wheel) throw new Error(`TensorFlow has no wheel for ${platform}; there are ${Object.keys(wheels).join(', ')}`);
  if (gpu && !wheel.gpu) throw new Error(`TensorFlow has no wheel with CUDA for ${platform}; there is linux-x64`);
  if (!/^\d+\.\d+\.\d+$/.test(version))
    throw new RangeError(`"${version}" is not a version of TensorFlow, such as ${defaultTensorflowVersion}`);

  const { libraries } = wheel;
  const folder = join(envPaths('serkit', { suffix: '' }).cache, `tensorflow-${version}${gpu ? '-cuda' : ''}`);
  const whole = await wholeFiles(folder);
  if (whole) {
    onStep(`TensorFlow ${version} is in ${folder}`);
    return { folder, libraries, files: whole };
  }
  await replaceFolder(folder, (scratch) => fetchInto(scratch, wheel, build, onStep));
  const files = await wholeFiles(folder);
  if (!files) throw new Error(`${folder} was changed while it was made; try again`);
  return { folder, libraries, files };
}

/** The TensorFlow that is tested; 2.21.0 passes the same tests. */
export const defaultTensorflowVersion = '2.18.1';

/** What the files of a fetched TensorFlow are, where they are what they were when it was fetched. */
async function wholeFiles(folder: string): Promise<Fingerprint | undefined> {
  try {
    const files = fingerprintSchema.parse(JSON.parse(await readFile(join(folder, record), 'utf8')));
    return (await changeSince(folder, files, { thorough: true })) ? undefined : files;
  } catch {
    return undefined;
  }
}

async function fetchInto(
  scratch: string,
  wheel: Wheel,
  { version, gpu }: TensorflowBuild,
  onStep: (line: string) => void,
): Promise<void> {
  const site = join(scratch, 'site-packages');
  onStep(`fetching TensorFlow ${version} with pip (${gpu ? 'about 600 MB' : 'about 250 MB'})`);
  await pip(site, wheel.platforms, [`${gpu ? wheel.gpu : wheel.cpu}==${version}`]);
  if (gpu) {
    onStep("fetching NVIDIA's libraries with pip (about 2.5 GB)");
    await pip(site, wheel.platforms, await nvidiaRequirements(site));
    await rename(join(site, 'nvidia'), join(scratch, 'nvidia'));
  }
  await mkdir(join(scratch, 'tensorflow'));
  for (const name of ['include', ...wheel.libraries])
    await rename(join(site, 'tensorflow', name), join(scratch, 'tensorflow', name));
  await rm(site, { recursive: true });
  onStep('checksums');
  const all = await readdir(scratch, { recursive: true });
  const libraries = all.filter((file) => /\.(so(\.\d+)*|dylib)$/.test(file));
  await writeFile(join(scratch, record), JSON.stringify(await fingerprint(scratch, libraries), null, 2));
}

/** NVIDIA's libraries, as the TensorFlow that was installed there asks for them. */
async function nvidiaRequirements(site: string): Promise<string[]> {
  const information = (await readdir(site)).find((name) => /^tensorflow-[\d.]+\.dist-info$/.test(name));
  const requirements = cudaRequirements(await readFile(join(site, information ?? '', 'METADATA'), 'utf8'));
  if (requirements.length === 0) throw new Error('this TensorFlow names no libraries of NVIDIA (its extra "and-cuda")');
  return requirements;
}

/** The requirements of a wheel's extra `and-cuda`, such as `nvidia-cublas-cu12==12.5.3.2`, out of its METADATA. */
export function cudaRequirements(metadata: string): string[] {
  const named = metadata.matchAll(/^Requires-Dist: ([\w.-]+)\s*([=<>!~\d.,]+)\s*;\s*extra\s*==\s*["']and-cuda["']/gm);
  return Array.from(named, ([, name, version]) => `${name}${version}`);
}

/** Installs wheels, without what they depend on, into a folder; pip's own progress goes to stderr. @throws Error that says what is missing */
function pip(target: string, platforms: readonly string[], requirements: readonly string[]): Promise<void> {
  // Any CPython would do: the libraries in the wheel are the same, and no Python runs them.
  const options = ['--no-deps', '--only-binary=:all:', '--no-compile', '--python-version', '3.12', '--target', target];
  options.push(...platforms.flatMap((platform) => ['--platform', platform]), '--disable-pip-version-check');
  return new Promise((resolve, reject) => {
    const child = spawn('python3', ['-m', 'pip', 'install', ...options, ...requirements], {
      stdio: ['ignore', process.stderr, process.stderr],
    });
    child.on('error', () =>
      reject(new Error('python3 is not here: it fetches TensorFlow with pip (apt install python3-pip)')),
    );
    child.on('close', (code) =>
      code === 0
        ? resolve()
        : reject(new Error(`pip could not fetch ${requirements[0]} (its exit code: ${code}); its reason is above`)),
    );
  });
}
