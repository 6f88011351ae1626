import { spawn } from 'node:child_process';

export interface PipOptions {
  /** pip's names of the platforms whose wheels will do. */
  platforms: readonly string[];
  /** Whether to fetch what the wheels depend on too. Default: no. */
  dependencies?: boolean;
}

/**
 * Installs wheels into a folder; pip's own progress goes to stderr, and pip checks their hashes. Needs python3, of which no
 * program is run afterwards.
 *
 * @param requirements such as `nvidia-cufft~=12.0`
 * @throws Error that says what is missing
 */
export function pipInstall(
  target: string,
  requirements: readonly string[],
  { platforms, dependencies = false }: PipOptions,
): Promise<void> {
  // Any CPython would do: the libraries in the wheels are the same, and no Python runs them.
  const options = ['--only-binary=:all:', '--no-compile', '--python-version', '3.12', '--target', target];
  options.push(...platforms.flatMap((platform) => ['--platform', platform]), '--disable-pip-version-check');
  if (!dependencies) options.push('--no-deps');
  return new Promise((resolve, reject) => {
    const child = spawn('python3', ['-m', 'pip', 'install', ...options, ...requirements], {
      stdio: ['ignore', process.stderr, process.stderr],
    });
    child.on('error', () =>
      reject(new Error(`python3 is not here: it fetches ${requirements[0]} with pip (apt install python3-pip)`)),
    );
    child.on('close', (code) =>
      code === 0
        ? resolve()
        : reject(new Error(`pip could not fetch ${requirements[0]} (its exit code: ${code}); its reason is above`)),
    );
  });
}
