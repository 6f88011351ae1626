import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import envPaths from 'env-paths';

const run = promisify(execFile);
const require = createRequire(import.meta.url);

/** The TensorFlow that is tested; 2.21.0 has been compiled and run as well. */
export const defaultTensorflowVersion = '2.18.1';

export interface LinkOptions {
  version: string;
  /** The build with CUDA 12, and NVIDIA's libraries beside it. */
  gpu: boolean;
  /** Hears a line for each step. */
  onStep?: (line: string) => void;
}

/** What the addon is linked to; kept beside it. */
export interface Link {
  version: string;
  gpu: boolean;
  /** Where TensorFlow's libraries lie. */
  folder: string;
}

/** The wheels' names for the platforms that TensorFlow publishes for: package, pip's platform, the two libraries. */
const wheels: Record<string, { cpu: string; gpu?: string; platform: string; libraries: [string, string] }> = {
  'linux-x64': {
    cpu: 'tensorflow-cpu',
    gpu: 'tensorflow[and-cuda]',
    platform: 'manylinux_2_17_x86_64',
    libraries: ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'],
  },
  'linux-arm64': {
    cpu: 'tensorflow-cpu',
    platform: 'manylinux_2_17_aarch64',
    libraries: ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'],
  },
  'darwin-arm64': {
    cpu: 'tensorflow',
    platform: 'macosx_12_0_arm64',
    libraries: ['libtensorflow_cc.2.dylib', 'libtensorflow_framework.2.dylib'],
  },
};

/**
 * Links tfjs-node-gpu's native addon to the TensorFlow of pip's wheel, in the place where the package looks for it.
 *
 * Needs python3 with pip (to fetch the wheel; pip checks its hash) and g++ (5 s of compiling), nothing at run time.
 * The wheel is kept in the user's cache folder, so a second link needs no download. The addon is tried in a process of
 * its own, and put in place only when it answers with the right version: a failed link changes nothing.
 */
export async function linkTensorflow({ version, gpu, onStep = () => {} }: LinkOptions): Promise<Link> {
  const packageFolder = tfjsNodeFolder();
  const wheel = wheels[`${process.platform}-${process.arch}`];
  if (!wheel)
    throw new Error(
      `TensorFlow has no wheel for ${process.platform}-${process.arch} (${Object.keys(wheels).join(', ')})`,
    );
  const requirement = gpu ? wheel.gpu : wheel.cpu;
  if (!requirement) throw new Error(`TensorFlow with CUDA has no wheel for ${process.platform}-${process.arch}`);

  const folder = join(envPaths('serkit', { suffix: '' }).cache, `tensorflow-${version}${gpu ? '-cuda' : ''}`);
  if (existsSync(folder)) onStep(`TensorFlow ${version} is in ${folder}`);
  else await fetchWheel(`${requirement}==${version}`, wheel.platform, gpu, folder, onStep);

  onStep('compiling the addon (g++)');
  const addon = addonPath(packageFolder);
  const candidate = `${addon}.candidate.node`;
  await mkdir(dirname(addon), { recursive: true });
  try {
    await compile(packageFolder, join(folder, 'tensorflow'), wheel.libraries, candidate);
    const answered = await versionOf(candidate);
    if (answered !== version) throw new Error(`the linked addon answers TensorFlow ${answered}, not ${version}`);
    await writeFile(linkFile(addon), JSON.stringify({ version, gpu, folder } satisfies Link, null, 2));
    await rename(candidate, addon);
  } finally {
    await rm(candidate, { force: true });
  }
  onStep(`linked: tfjs-node-gpu runs on TensorFlow ${version}${gpu ? ' with CUDA' : ''}`);
  return { version, gpu, folder };
}

/** Takes the link away; the fetched wheel stays in the cache. Returns whether there was one. */
export async function unlinkTensorflow(): Promise<boolean> {
  const addon = addonPath(tfjsNodeFolder());
  const linked = existsSync(addon);
  await rm(addon, { force: true });
  await rm(linkFile(addon), { force: true });
  return linked;
}

/** What the addon is linked to, or undefined. */
export async function currentLink(): Promise<Link | undefined> {
  try {
    const addon = addonPath(tfjsNodeFolder());
    return existsSync(addon) ? (JSON.parse(await readFile(linkFile(addon), 'utf8')) as Link) : undefined;
  } catch {
    return undefined;
  }
}

const linkFile = (addon: string): string => join(dirname(addon), 'serkit-link.json');

function tfjsNodeFolder(): string {
  try {
    return dirname(require.resolve('@tensorflow/tfjs-node-gpu/package.json'));
  } catch {
    throw new Error(
      '@tensorflow/tfjs-node-gpu is not installed: npm install --ignore-scripts @tensorflow/tfjs-node-gpu',
    );
  }
}

/** Where tfjs-node-gpu will look for its addon: asked of the library that it asks itself. */
function addonPath(packageFolder: string): string {
  const preGyp = createRequire(join(packageFolder, 'package.json'))('@mapbox/node-pre-gyp');
  return preGyp.find(join(packageFolder, 'package.json'));
}

/** pip lays the wheel out in a folder beside `folder`; what the addon needs is moved there when all of it has come. */
async function fetchWheel(
  requirement: string,
  platform: string,
  gpu: boolean,
  folder: string,
  onStep: (line: string) => void,
) {
  await mkdir(dirname(folder), { recursive: true });
  const scratch = await mkdtemp(`${folder}-`);
  onStep(`fetching ${requirement} with pip (${gpu ? 'about 3 GB' : 'about 230 MB'})`);
  try {
    // Any CPython would do: the libraries in the wheel are the same, and no Python runs them.
    const target = ['--target', join(scratch, 'wheel'), '--platform', platform, '--python-version', '3.12'];
    const dependencies = gpu ? [] : ['--no-deps'];
    await pip(['install', '--only-binary=:all:', '--no-compile', ...dependencies, ...target, requirement]);

    const kept = join(scratch, 'kept');
    await mkdir(join(kept, 'tensorflow'), { recursive: true });
    for (const name of await readdir(join(scratch, 'wheel', 'tensorflow')))
      if (name === 'include' || name.startsWith('libtensorflow'))
        await rename(join(scratch, 'wheel', 'tensorflow', name), join(kept, 'tensorflow', name));
    if (gpu) await rename(join(scratch, 'wheel', 'nvidia'), join(kept, 'nvidia'));
    await rename(kept, folder);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Runs pip with its own progress on stderr. @throws Error that says what is missing */
function pip(args: string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn('python3', ['-m', 'pip', ...args, '--disable-pip-version-check'], {
      stdio: ['ignore', process.stderr, process.stderr],
    });
    child.on('error', () =>
      reject(new Error('python3 is not here: it fetches TensorFlow with pip (apt install python3-pip)')),
    );
    child.on('close', (code) =>
      code === 0 ? resolve() : reject(new Error(`pip could not fetch TensorFlow (its exit code: ${code})`)),
    );
  });
}

/** Two source files against TensorFlow's C API: what node-gyp would do, without its download of Node's headers. */
async function compile(packageFolder: string, tensorflow: string, libraries: [string, string], addon: string) {
  const headers = require('node-api-headers') as { include_dir: string };
  const sources = ['tfjs_backend.cc', 'tfjs_binding.cc'].map((file) => join('binding', file));
  const compiler = process.env.CXX ?? 'g++';
  const link =
    process.platform === 'darwin'
      ? [...libraries.map((library) => join(tensorflow, library)), '-undefined', 'dynamic_lookup']
      : ['-L', tensorflow, ...libraries.map((library) => `-l:${library}`)];
  const args = ['-std=c++17', '-O2', '-fPIC', '-shared', '-DNAPI_VERSION=8', '-I.', `-I${join(tensorflow, 'include')}`];
  args.push(`-I${headers.include_dir}`, ...sources, '-o', addon, ...link, `-Wl,-rpath,${tensorflow}`);
  try {
    await run(compiler, args, { cwd: packageFolder });
  } catch (error) {
    const { code, stderr } = error as NodeJS.ErrnoException & { stderr?: string };
    if (code === 'ENOENT') throw new Error(`${compiler} is not here: it compiles the addon (apt install g++)`);
    throw new Error(`${compiler} could not compile the addon: ${stderr?.split('\n')[0]}`);
  }
}

/** Loads the addon in a process of its own, which may die of it, and asks for its TensorFlow's version. */
async function versionOf(addon: string): Promise<string> {
  const script = 'process.stdout.write(require(process.argv[1]).TF_Version)';
  try {
    const env = { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3' };
    return (await run(process.execPath, ['-e', script, addon], { env })).stdout;
  } catch (error) {
    const reason = (error as Error).message.split('\n').find((line) => line.startsWith('Error:'));
    throw new Error(`the linked addon does not load: ${reason ?? 'it ended its process'}`);
  }
}
