import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { currentLink, defaultTensorflowVersion, type Link } from '../../pipeline/training/backends/tensorflow/link.js';
import type { BackendTrial } from '../../pipeline/training/backends/trial.js';
import { changeSince, fingerprint } from '../../pipeline/wheels/fingerprint.js';
import { removeFolder, replaceFolder } from '../../pipeline/wheels/replace-folder.js';
import { requirementsOf } from '../../pipeline/wheels/requirements.js';
import { describeWith } from '../support/needs.js';
import { fromRoot } from '../support/paths.js';

const scratch = mkdtempSync(join(tmpdir(), 'serkit-link-'));
afterAll(() => rmSync(scratch, { recursive: true }));

describe('a folder that is replaced all at once', () => {
  const place = join(scratch, 'replaced', 'place');
  const write = (text: string) => async (folder: string) => writeFileSync(join(folder, 'file'), text);

  test('is the new one, with nothing of the old; readable by all; removed at once', async () => {
    await replaceFolder(place, async (folder) => writeFileSync(join(folder, 'older'), ''));
    await replaceFolder(place, write('new'));
    expect(readdirSync(place)).toEqual(['file']);
    expect(statSync(place).mode & 0o777).toBe(0o755);
    expect(readdirSync(join(place, '..'))).toEqual(['place']);
    expect(await removeFolder(place)).toBe(true);
    expect(await removeFolder(place)).toBe(false);
    expect(readdirSync(join(place, '..'))).toEqual([]);
  });

  test('stays the old one where the new one fails', async () => {
    await replaceFolder(place, write('old'));
    const failing = replaceFolder(place, async (folder) => {
      writeFileSync(join(folder, 'file'), 'half');
      throw new Error('no space left');
    });
    await expect(failing).rejects.toThrow('no space left');
    expect(readFileSync(join(place, 'file'), 'utf8')).toBe('old');
    expect(readdirSync(join(place, '..'))).toEqual(['place']);
  });

  test('made by several at once, is whole and one of theirs', async () => {
    const made = ['a', 'b', 'c', 'd', 'e', 'f'];
    await Promise.all(made.map((text) => replaceFolder(place, write(text))));
    expect(made).toContain(readFileSync(join(place, 'file'), 'utf8'));
    expect(readdirSync(join(place, '..'))).toEqual(['place']);
  });

  test('is whole or not there whenever its process is killed', async () => {
    const killed = join(scratch, 'killed', 'place');
    const module = pathToFileURL(fromRoot('dist/pipeline/wheels/replace-folder.js'));
    const program = `
      import { writeFileSync } from 'node:fs';
      const { replaceFolder } = await import('${module}');
      for (let i = 0; ; i++) {
        await replaceFolder('${killed}', async (folder) => {
          for (const name of ['addon', 'record']) writeFileSync(folder + '/' + name, String(i));
        });
        if (i === 0) process.stdout.write('begun');
      }`;
    let whole = 0;
    for (let kill = 0; kill < 12; kill++) {
      const child = spawn(process.execPath, ['--input-type=module', '--eval', program]);
      await once(child.stdout, 'data');
      await new Promise((resolve) => setTimeout(resolve, 3 * kill + Math.random() * 5));
      child.kill('SIGKILL');
      await once(child, 'close');
      if (!existsSync(killed)) continue;
      whole++;
      expect(readFileSync(join(killed, 'addon'), 'utf8')).toBe(readFileSync(join(killed, 'record'), 'utf8'));
    }
    expect(whole).toBeGreaterThan(0);
  });
});

describe('the fingerprint of files', () => {
  const folder = join(scratch, 'fingerprint');
  const library = join(folder, 'library.so');
  const time = new Date('2026-01-02T03:04:05.678Z');

  async function changeAfter(change: () => void, thorough = false): Promise<string | undefined> {
    mkdirSync(folder, { recursive: true });
    writeFileSync(library, 'the library');
    utimesSync(library, time, time);
    const before = await fingerprint(folder, ['library.so']);
    change();
    return await changeSince(folder, before, { thorough });
  }

  test('is the SHA-256 of their bytes', async () => {
    await changeAfter(() => {});
    const { 'library.so': file } = await fingerprint(folder, ['library.so']);
    expect(file).toEqual({
      bytes: 11,
      modified: time.toISOString(),
      sha256: '0ea2bff2393cf54f7adcc77a67a67a94d878e90b24b550f0f2fad783ecc78c4e',
    });
  });

  test('is the same where nothing changed, or the time alone', async () => {
    expect(await changeAfter(() => {})).toBeUndefined();
    expect(await changeAfter(() => utimesSync(library, new Date(), new Date()))).toBeUndefined();
  });

  test('tells a file that is gone, longer, or other bytes of the same length', async () => {
    expect(await changeAfter(() => rmSync(library))).toBe(`${library} is gone`);
    expect(await changeAfter(() => appendFileSync(library, '!'))).toBe(`${library} has changed`);
    expect(await changeAfter(() => writeFileSync(library, 'THE LIBRARY'))).toBe(`${library} has changed`);
  });

  test('reads everything again where it is to be thorough', async () => {
    const unnoticed = () => {
      writeFileSync(library, 'THE LIBRARY');
      utimesSync(library, time, time);
    };
    expect(await changeAfter(unnoticed)).toBeUndefined();
    expect(await changeAfter(unnoticed, true)).toBe(`${library} has changed`);
  });
});

test("NVIDIA's libraries are those that the wheel of TensorFlow asks for", () => {
  const metadata = [
    "Requires-Dist: nvidia-cublas-cu12 ==12.5.3.2 ; extra == 'and-cuda'", // TensorFlow 2.18
    'Requires-Dist: nvidia-cudnn-cu12<10.0,>=9.3.0.75; extra == "and-cuda"', // TensorFlow 2.21
    'Requires-Dist: numpy<2.1.0,>=1.26.0',
    'Requires-Dist: tensorflow-io; extra == "gcs-filesystem"',
  ];
  expect(requirementsOf(metadata.join('\n'), 'and-cuda')).toEqual([
    'nvidia-cublas-cu12==12.5.3.2',
    'nvidia-cudnn-cu12<10.0,>=9.3.0.75',
  ]);
});

/**
 * serkit in a folder of its own, with a tfjs-node-gpu that can be linked and broken, and a cache that holds the TensorFlow
 * of this repository's link: nothing is downloaded.
 */
describeWith('tensorflow', 'link tensorflow', () => {
  const home = join(scratch, 'installed');
  const cache = join(scratch, 'cache');
  const addonFolder = join(home, 'node_modules/@tensorflow/tfjs-node-gpu/lib/napi-v8');
  let ours: Link;
  let cached: string;

  beforeAll(async () => {
    const link = await currentLink();
    if (!link) throw new Error('TensorFlow was not linked by this serkit: serkit link tensorflow');
    ours = link;
    const tensorflow = '@tensorflow/tfjs-node-gpu';
    for (const folder of ['dist/pipeline', 'dist/models', 'dist/inference', 'dist/onnx', 'package.json'])
      cpSync(fromRoot(folder), join(home, folder), { recursive: true });
    mkdirSync(join(home, 'node_modules/@tensorflow'), { recursive: true });
    const packages = [...readdirSync(fromRoot('node_modules')), ...scoped('@tensorflow')];
    for (const name of packages)
      if (name !== '@tensorflow' && name !== tensorflow)
        symlinkSync(fromRoot('node_modules', name), join(home, 'node_modules', name));
    cpSync(fromRoot('node_modules', tensorflow), join(home, 'node_modules', tensorflow), {
      recursive: true,
      filter: (path) => !path.includes('napi-v8'),
    });
    cached = join(cache, 'serkit', `tensorflow-${ours.version}${ours.gpu ? '-cuda' : ''}`);
    mkdirSync(join(cache, 'serkit'), { recursive: true });
    symlinkSync(ours.folder, cached);
  });

  const scoped = (scope: string) => readdirSync(fromRoot('node_modules', scope)).map((name) => `${scope}/${name}`);

  const environment = { ...process.env, XDG_CACHE_HOME: cache };
  const run = promisify(execFile);
  const serkit = (args: string[], variables = {}) =>
    run(process.execPath, ['dist/pipeline/cli/main.js', ...args], { cwd: home, env: { ...environment, ...variables } });
  const link = (variables = {}) =>
    serkit(['link', 'tensorflow', '--version', ours.version, ...(ours.gpu ? ['--gpu'] : [])], variables);
  const trial = async (): Promise<BackendTrial> => {
    const program = `
      const { tryBackend } = await import('${pathToFileURL(join(home, 'dist/pipeline/training/backends/index.js'))}');
      process.stdout.write(JSON.stringify(await tryBackend('tensorflow')));`;
    const args = ['--input-type=module', '--eval', program];
    return JSON.parse((await run(process.execPath, args, { cwd: home, env: environment })).stdout);
  };

  test('two at once make one link that trains, and leave nothing beside it', async () => {
    expect(await trial()).toMatchObject({ works: false, reason: 'its addon is not linked to a TensorFlow' });
    await Promise.all([link(), link()]);
    expect(await trial()).toMatchObject({ works: true });
    expect(readdirSync(join(addonFolder, '..'))).toEqual(['napi-v8']);
    expect(readdirSync(addonFolder).sort()).toEqual(['serkit-link.json', 'tfjs_binding.node']);
  }, 180_000);

  test('a compiler that fails changes nothing, and leaves nothing', async () => {
    const before = readFileSync(join(addonFolder, 'serkit-link.json'), 'utf8');
    await expect(link({ CXX: 'false' })).rejects.toThrow(/serkit: false could not compile the addon/);
    expect(readFileSync(join(addonFolder, 'serkit-link.json'), 'utf8')).toBe(before);
    expect(readdirSync(join(addonFolder, '..'))).toEqual(['napi-v8']);
  }, 180_000);

  test('a link that is broken says what is wrong, and the command that mends it does', async () => {
    const broken = `its link to TensorFlow ${ours.version} is broken: `;
    const addon = join(addonFolder, 'tfjs_binding.node');
    const mend = `serkit link tensorflow${ours.gpu ? ' --gpu' : ''}${ours.version === defaultTensorflowVersion ? '' : ` --version ${ours.version}`}`;

    rmSync(cached);
    const reason = expect.stringMatching(`^${broken}.*libtensorflow_.* is gone$`);
    expect(await trial()).toMatchObject({ works: false, mend, reason });
    symlinkSync(ours.folder, cached);

    appendFileSync(addon, 'x');
    expect(await trial()).toMatchObject({ works: false, mend, reason: `${broken}${addon} has changed` });

    await link();
    expect(await trial()).toMatchObject({ works: true });
  }, 180_000);

  test('is undone by --remove, and says so where there is nothing to undo', async () => {
    const remove = () => serkit(['link', 'tensorflow', '--remove']);
    expect((await remove()).stdout).toBe('the link is gone\n');
    expect((await remove()).stdout).toBe('there was no link\n');
    expect(await trial()).toMatchObject({ works: false, mend: 'serkit link tensorflow' });
  });

  test('a version that is none is refused', async () => {
    await expect(serkit(['link', 'tensorflow', '--version', 'latest'])).rejects.toThrow(
      'serkit: "latest" is not a version of TensorFlow, such as 2.18.1',
    );
  });
});
