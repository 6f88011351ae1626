import { execFile, execFileSync } from 'node:child_process';
import {
  cpSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { requirementsOf } from '../../pipeline/wheels/requirements.js';
import { describeWith } from '../support/needs.js';
import { fromRoot } from '../support/paths.js';

test('the requirements of an extra are read, and no others', () => {
  const metadata = [
    'Requires-Dist: numpy>=1.21.6',
    'Requires-Dist: sympy; extra == "symbolic"',
    'Requires-Dist: nvidia-cufft~=12.0; extra == "cuda"',
    'Requires-Dist: nvidia-cudnn-cu13~=9.0; extra == "cudnn"',
  ].join('\n');
  expect(requirementsOf(metadata, 'cuda')).toEqual(['nvidia-cufft~=12.0']);
  expect(requirementsOf(metadata, 'cudnn')).toEqual(['nvidia-cudnn-cu13~=9.0']);
});

/** Each test installs wheels with pip and starts several processes. */
jest.setTimeout(400_000);

/**
 * serkit in a folder of its own, with an onnxruntime-node that can be linked and broken, and made-up wheels: libraries
 * that need each other as the real ones do, and NVIDIA's driver, by the name of which no library is here.
 */
describeWith('wheels', 'link onnxruntime-cuda', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'serkit-cuda-'));
  afterAll(() => rmSync(scratch, { recursive: true }));
  const home = join(scratch, 'home');
  const wheels = join(scratch, 'wheels');
  const cache = join(scratch, 'cache', 'serkit');
  const onnxruntime = JSON.parse(readFileSync(fromRoot('node_modules/onnxruntime-node/package.json'), 'utf8')) as {
    version: string;
  };
  const { version } = onnxruntime;
  const place = join(home, 'node_modules/onnxruntime-node/bin/napi-v6/linux/x64');
  const npmsOwn = ['libonnxruntime.so.1', 'onnxruntime_binding.node'];

  beforeAll(() => {
    mkdirSync(wheels, { recursive: true });
    for (const folder of ['dist/pipeline', 'dist/models', 'dist/inference', 'dist/onnx', 'package.json'])
      cpSync(fromRoot(folder), join(home, folder), { recursive: true });
    mkdirSync(join(home, 'node_modules'));
    for (const name of readdirSync(fromRoot('node_modules')))
      if (name !== 'onnxruntime-node') symlinkSync(fromRoot('node_modules', name), join(home, 'node_modules', name));
    const from = fromRoot('node_modules/onnxruntime-node');
    for (const file of ['package.json', 'dist', ...npmsOwn.map((file) => `bin/napi-v6/linux/x64/${file}`)])
      cpSync(join(from, file), join(home, 'node_modules/onnxruntime-node', file), { recursive: true });
    makeWheels();
  });

  /** A shared library of that name, which needs others. */
  function library(name: string, needs: string[] = [], source = ''): Buffer {
    const folder = join(scratch, 'compiled');
    mkdirSync(folder, { recursive: true });
    const code = join(folder, 'source.c');
    writeFileSync(code, source);
    const needed = needs.map((need) => join(folder, need));
    const flags = ['-shared', '-fPIC', `-Wl,-soname,${name}`, '-Wl,--no-as-needed', '-o', join(folder, name)];
    execFileSync('g++', [...flags, '-x', 'c', code, '-x', 'none', ...needed]);
    return readFileSync(join(folder, name));
  }

  function wheel(name: string, wheelVersion: string, metadata: string[], files: Record<string, Buffer | string>): void {
    const stem = `${name.replaceAll('-', '_')}-${wheelVersion}`;
    const folder = join(scratch, stem);
    const all = {
      ...files,
      [`${stem}.dist-info/METADATA`]: [
        'Metadata-Version: 2.1',
        `Name: ${name}`,
        `Version: ${wheelVersion}`,
        ...metadata,
      ].join('\n'),
      [`${stem}.dist-info/WHEEL`]: 'Wheel-Version: 1.0\nRoot-Is-Purelib: false\nTag: py3-none-manylinux_2_28_x86_64\n',
    };
    const names = [...Object.keys(all), `${stem}.dist-info/RECORD`];
    const record = names.map((file) => `${file},,\n`).join('');
    for (const [file, bytes] of Object.entries({ ...all, [`${stem}.dist-info/RECORD`]: record })) {
      mkdirSync(join(folder, file, '..'), { recursive: true });
      writeFileSync(join(folder, file), bytes);
    }
    const zip = join(wheels, `${stem}-py3-none-manylinux_2_28_x86_64.whl`);
    rmSync(zip, { force: true });
    const program = `import sys, zipfile; z = zipfile.ZipFile(sys.argv[1], 'w'); [z.write(f, f) for f in sys.argv[2:]]`;
    execFileSync('python3', ['-c', program, zip, ...names], { cwd: folder });
  }

  function makeWheels(): void {
    const runtime = library('libcudart.so.13');
    const blas = library('libcublas.so.13', ['libcudart.so.13']);
    library('libcuda.so.1'); // to link against: no wheel has it
    wheel('nvidia-cuda-runtime', '13.0.1', [], { 'nvidia/cu13/lib/libcudart.so.13': runtime });
    wheel('nvidia-cublas', '13.0.1', [], { 'nvidia/cu13/lib/libcublas.so.13': blas });
    wheel('nvidia-cudnn-cu13', '9.0.1', ['Requires-Dist: nvidia-cublas'], {
      'nvidia/cudnn/lib/libcudnn.so.9': library('libcudnn.so.9'),
    });
    makeOnnxruntime(library('libonnxruntime_providers_cuda.so', ['libcublas.so.13', 'libcuda.so.1']));
  }

  const makeOnnxruntime = (provider: Buffer): void =>
    wheel(
      'onnxruntime-gpu',
      version,
      [
        'Requires-Dist: numpy>=1.21.6',
        'Requires-Dist: nvidia-cuda-runtime~=13.0; extra == "cuda"',
        'Requires-Dist: nvidia-cudnn-cu13~=9.0; extra == "cudnn"',
      ],
      {
        'onnxruntime/capi/libonnxruntime_providers_cuda.so': provider,
        'onnxruntime/capi/libonnxruntime_providers_shared.so': library(
          'libonnxruntime_providers_shared.so',
          [],
          'void Provider_SetHost(void *host) {} void *Provider_GetHost(void) { return 0; }',
        ),
      },
    );

  const environment = {
    ...process.env,
    XDG_CACHE_HOME: join(scratch, 'cache'),
    PIP_NO_INDEX: '1',
    PIP_FIND_LINKS: wheels,
    PIP_NO_CACHE_DIR: '1',
    VK_ICD_FILENAMES: '/nowhere', // the other provider is not what is looked at here
  };
  const run = promisify(execFile);
  const serkit = (...args: string[]) =>
    run(process.execPath, ['dist/pipeline/cli/main.js', ...args], { cwd: home, env: environment });
  const link = () => serkit('link', 'onnxruntime-cuda', '--json');

  interface CudaReport {
    works: boolean;
    reason: string;
    mend: string;
  }
  const cuda = async (): Promise<CudaReport> => {
    const program = `
      const { examineInference } = await import('${pathToFileURL(join(home, 'dist/pipeline/workflows/examine-providers.js'))}');
      console.log(JSON.stringify((await examineInference()).find(({ provider }) => provider === 'cuda')));`;
    const args = ['--input-type=module', '--eval', program];
    return JSON.parse((await run(process.execPath, args, { cwd: home, env: environment })).stdout);
  };
  const noDriver = /^there is no NVIDIA driver \(libcuda\.so\.1: /;

  test('a provider that does not load is not linked, and nothing is left', async () => {
    makeOnnxruntime(Buffer.from('no library at all'));
    await expect(link()).rejects.toThrow(
      /the CUDA provider does not load: .*libonnxruntime_providers_cuda\.so: .*; remove .*-cuda to fetch it again/,
    );
    expect(readdirSync(place).sort()).toEqual(npmsOwn);
    expect(await cuda()).toMatchObject({
      works: false,
      reason: 'its libraries are not linked',
      mend: 'serkit link onnxruntime-cuda',
    });
    rmSync(cache, { recursive: true });
    makeOnnxruntime(readFileSync(join(scratch, 'compiled', 'libonnxruntime_providers_cuda.so')));
  });

  test("what is linked is loaded as far as the driver, without an environment variable; npm's own files stay", async () => {
    const { version: linked, folder, preload, lacks } = JSON.parse((await link()).stdout);
    expect({ linked, lacks }).toEqual({ linked: version, lacks: expect.stringMatching(noDriver) });
    expect(folder).toBe(join(cache, `onnxruntime-${version}-cuda`));
    const libraries = ['cu13/lib/libcudart.so.13', 'cu13/lib/libcublas.so.13', 'cudnn/lib/libcudnn.so.9'];
    expect(preload).toEqual(libraries.map((file) => `nvidia/${file}`));
    expect(readdirSync(place)).toEqual(expect.arrayContaining(npmsOwn));
    expect(lstatSync(join(place, 'libonnxruntime_providers_cuda.so')).isSymbolicLink()).toBe(true);
    expect(readdirSync(join(place, '..'))).toEqual(['x64']);
    expect(await cuda()).toEqual({
      provider: 'cuda',
      works: false,
      reason: expect.stringMatching(noDriver),
      mend: '',
    });
  });

  test('a link that is broken says what is gone, and the command mends it', async () => {
    const [library] = readdirSync(cache).map((folder) => join(cache, folder, 'nvidia/cu13/lib/libcublas.so.13'));
    rmSync(library);
    expect(await cuda()).toMatchObject({
      works: false,
      reason: `its link is broken: ${library} is gone`,
      mend: 'serkit link onnxruntime-cuda',
    });
    await link();
    expect((await cuda()).reason).toMatch(noDriver);
  });

  test('is undone by --remove, and says so where there is nothing to undo', async () => {
    const remove = () => serkit('link', 'onnxruntime-cuda', '--remove');
    expect((await remove()).stdout).toBe('the link is gone\n');
    expect((await remove()).stdout).toBe('there was no link\n');
    expect(readdirSync(place).sort()).toEqual(npmsOwn);
  });

  test('options of the other link are wrong usage', async () => {
    await expect(serkit('link', 'onnxruntime-cuda', '--gpu')).rejects.toMatchObject({ code: 2 });
  });
});
