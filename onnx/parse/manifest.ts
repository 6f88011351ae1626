import type { ModelArtifacts, WeightSpec } from '../artifacts.js';
import { isObject } from './config.js';
import { joinBytes, storedBytes } from './weights.js';

interface WeightGroup {
  paths: readonly string[];
  weights: readonly WeightSpec[];
}

/**
 * The files that a parsed `model.json` names, in the order of their bytes, relative to it.
 *
 * @throws TypeError where it is no TensorFlow.js model with weights
 */
export const shardPaths = (modelJson: unknown): string[] => groupsOf(modelJson).flatMap(({ paths }) => paths);

/**
 * A parsed `model.json` and the bytes of the files that `shardPaths` names, in that order → what `toOnnx` reads. Made of
 * what `fetch` or the file system gives, in a browser as in Node.
 *
 * @example
 * const modelJson = await (await fetch(url)).json();
 * const shards = await Promise.all(
 *   shardPaths(modelJson).map(async (path) => new Uint8Array(await (await fetch(new URL(path, url))).arrayBuffer())),
 * );
 * const bytes = toOnnx(artifactsFromManifest(modelJson, shards));
 *
 * @throws TypeError where it is no TensorFlow.js model with weights, RangeError that names the file where one is missing
 *   or its size is wrong
 */
export function artifactsFromManifest(modelJson: unknown, shards: readonly Uint8Array[]): ModelArtifacts {
  const groups = groupsOf(modelJson);
  const paths = shardPaths(modelJson);
  if (shards.length !== paths.length)
    throw new RangeError(
      `${shards.length} weights files are given, model.json names ${paths.length}: ${paths.join(', ')}`,
    );
  let first = 0;
  for (const group of groups) {
    assertSize(group, shards.slice(first, first + group.paths.length));
    first += group.paths.length;
  }
  const { modelTopology, signature, userDefinedMetadata, modelInitializer, initializerSignature } =
    modelJson as ModelArtifacts;
  const weightSpecs = groups.flatMap(({ weights }) => weights);
  return {
    modelTopology,
    weightSpecs,
    weightData: joinBytes(shards),
    signature,
    userDefinedMetadata,
    modelInitializer,
    initializerSignature,
  };
}

const supported = 'supported: a model.json of TensorFlow.js, a layers model or a graph model';

function groupsOf(modelJson: unknown): WeightGroup[] {
  if (!isObject(modelJson) || !isObject(modelJson.modelTopology))
    throw new TypeError(`has no modelTopology; ${supported}`);
  const groups = modelJson.weightsManifest;
  if (!Array.isArray(groups)) throw new TypeError(`has no weightsManifest, so names no weights; ${supported}`);
  if (!groups.every(isGroup))
    throw new TypeError(
      `its weightsManifest is not made of paths and weights with name, shape and dtype; ${supported}`,
    );
  return groups;
}

function isGroup(group: unknown): group is WeightGroup {
  if (!isObject(group) || !Array.isArray(group.paths) || !Array.isArray(group.weights)) return false;
  return (
    group.paths.every((path) => typeof path === 'string') &&
    group.weights.every(
      (weight) =>
        isObject(weight) &&
        typeof weight.name === 'string' &&
        typeof weight.dtype === 'string' &&
        Array.isArray(weight.shape) &&
        weight.shape.every((size) => Number.isInteger(size) && size >= 0),
    )
  );
}

/** All files of a group but the last have one size: another one is the file that was cut short or exchanged. */
function assertSize({ paths, weights }: WeightGroup, shards: readonly Uint8Array[]): void {
  const bytes = joinBytes(shards);
  const expected = weights.reduce((offset, spec) => offset + storedBytes(spec, bytes, offset), 0);
  if (bytes.byteLength === expected) return;
  const usual = Math.max(...shards.slice(0, -1).map(({ length }) => length));
  const odd = shards.slice(0, -1).findIndex(({ length }) => length !== usual);
  const suspect = odd < 0 ? shards.length - 1 : odd;
  const size = shards[suspect]?.length ?? 0;
  throw new RangeError(
    `${paths[suspect] ?? 'no weights file'}: ${size} bytes are ${Math.abs(expected - bytes.byteLength)} too ${bytes.byteLength < expected ? 'few' : 'many'} for the weights that model.json describes (${expected} bytes in ${paths.length} file${paths.length === 1 ? '' : 's'}); fetch or copy it again`,
  );
}
