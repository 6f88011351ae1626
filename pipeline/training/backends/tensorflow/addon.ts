import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const require = createRequire(import.meta.url);

/** @throws Error where tfjs-node-gpu is not installed */
function packageFolder(): string {
  try {
    return dirname(require.resolve('@tensorflow/tfjs-node-gpu/package.json'));
  } catch {
    throw new Error(
      '@tensorflow/tfjs-node-gpu is not installed: npm install --ignore-scripts @tensorflow/tfjs-node-gpu',
    );
  }
}

/** Where tfjs-node-gpu will look for its addon: asked of the library that it asks itself. */
export function addonPath(): string {
  const description = join(packageFolder(), 'package.json');
  return createRequire(description)('@mapbox/node-pre-gyp').find(description);
}

/**
 * Compiles tfjs-node-gpu's two source files against TensorFlow's C API: what node-gyp would do, without its download of
 * Node's headers.
 *
 * @param tensorflow the folder of TensorFlow's libraries and headers; the addon will look for them there
 * @throws Error where there is no compiler, or it fails
 */
export async function compileAddon(tensorflow: string, libraries: readonly string[], addon: string): Promise<void> {
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
    await run(compiler, args, { cwd: packageFolder() });
  } catch (error) {
    const { code, stderr } = error as NodeJS.ErrnoException & { stderr?: string };
    if (code === 'ENOENT') throw new Error(`${compiler} is not here: it compiles the addon (apt install g++)`);
    throw new Error(`${compiler} could not compile the addon: ${stderr?.split('\n')[0]}`);
  }
}

/** Loads an addon in a process of its own, which may die of it, and asks for its TensorFlow's version. */
export async function tensorflowVersionOf(addon: string): Promise<string> {
  const script = 'process.stdout.write(require(process.argv[1]).TF_Version)';
  try {
    const env = { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3' };
    return (await run(process.execPath, ['-e', script, addon], { env })).stdout;
  } catch (error) {
    const reason = (error as Error).message.split('\n').find((line) => line.startsWith('Error:'));
    throw new Error(`the linked addon does not load: ${reason ?? 'it ended its process'}`);
  }
}
