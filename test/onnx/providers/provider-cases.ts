import type { LayersModel } from '@tensorflow/tfjs-layers';
import { type ModelArtifacts, toOnnx } from '../../../onnx/index.js';
import type { PlainTensor } from '../../support/browser/run-file.js';
import { exported, randomInputs, randomiseWeights, runTfjs } from '../exported.js';
import { layerCases } from '../layer-cases.js';
import { opCases } from '../operations/all-cases.js';
import { artifactsOfCase, type Feeds, feedsOf, runGraphModel } from '../operations/op-case.js';

/** A case of a layer or an operation as a file, what goes in, and what tfjs answers. */
export interface ProviderCase {
  readonly kind: 'layer' | 'operation';
  /** Class or operation. */
  readonly of: string;
  /** Unique among all. */
  readonly key: string;
  file(): Promise<Uint8Array>;
  answer(): Promise<{ feeds: Readonly<Record<string, PlainTensor>>; expected: readonly (readonly number[])[] }>;
}

const layers = layerCases.map(({ layer, title, build, fill }): ProviderCase => {
  let model: LayersModel | undefined;
  const made = (): LayersModel => {
    if (!model) {
      model = build();
      randomiseWeights(model, `${layer} ${title}`);
    }
    return model;
  };
  return {
    kind: 'layer',
    of: layer,
    key: `layer ${layer}: ${title}`,
    file: () => exported(made()),
    async answer() {
      const inputs = randomInputs(made(), 2, `${layer} ${title}`, fill);
      const feeds = made().inputNames.map((name, i) => {
        const { dtype, shape } = inputs[i];
        return [name, { type: dtype as PlainTensor['type'], shape, values: Array.from(inputs[i].dataSync()) }] as const;
      });
      const expected = runTfjs(made(), inputs).map(({ values }) => Array.from(values));
      return { feeds: Object.fromEntries(feeds), expected };
    },
  };
});

const operations = opCases.map((opCase): ProviderCase => {
  const artifacts: ModelArtifacts = artifactsOfCase(opCase);
  return {
    kind: 'operation',
    of: opCase.op,
    key: `operation ${opCase.op}: ${opCase.title}`,
    file: async () => toOnnx(artifacts),
    async answer() {
      const feeds: Feeds = feedsOf(opCase, opCase.batches?.at(-1) ?? 3);
      const names = Array.from({ length: opCase.outputs ?? 1 }, (_, i) => `y:${i}`);
      const results = await runGraphModel(artifacts, feeds, names, opCase.dynamic);
      return {
        feeds: feeds as Readonly<Record<string, PlainTensor>>,
        expected: results.map(({ values }) => values.map(Number)),
      };
    },
  };
});

export const providerCases: readonly ProviderCase[] = [...layers, ...operations];
