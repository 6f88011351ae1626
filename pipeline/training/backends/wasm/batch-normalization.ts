import { fusedKernels } from '../../layers/kernels.js';
import { registerWasmKernel, valuesOf, type WasmCall } from './heap.js';

/** Batch normalisation over the last axis and its gradient, two passes over the tensor each; sums in double precision. */
export function registerBatchNormalization(): void {
  registerWasmKernel(fusedKernels.batchNorm, forward);
  registerWasmKernel(fusedKernels.batchNormGradient, gradient);
}

/** y = (x − mean) · gamma / √(variance + ε) + beta, with the batch's own mean and (biased) variance. */
function forward({ inputs: { x, gamma, beta }, attrs: { epsilon }, backend }: WasmCall<{ epsilon: number }>) {
  const channels = gamma.size;
  const rows = x.size / channels;
  const outputs = [x.shape, gamma.shape, gamma.shape].map((shape) => backend.makeOutput(shape, 'float32'));
  const [xs, gammas, betas, ys, means, variances] = valuesOf(backend, x, gamma, beta, ...outputs);
  const sum = new Float64Array(channels);
  const sumOfSquares = new Float64Array(channels);
  for (let row = 0, i = 0; row < rows; row++)
    for (let c = 0; c < channels; c++, i++) {
      const value = xs[i];
      sum[c] += value;
      sumOfSquares[c] += value * value;
    }
  const scale = new Float64Array(channels);
  const shift = new Float64Array(channels);
  for (let c = 0; c < channels; c++) {
    const mean = sum[c] / rows;
    const variance = Math.max(sumOfSquares[c] / rows - mean * mean, 0);
    means[c] = mean;
    variances[c] = variance;
    scale[c] = gammas[c] / Math.sqrt(variance + epsilon);
    shift[c] = betas[c] - mean * scale[c];
  }
  for (let row = 0, i = 0; row < rows; row++)
    for (let c = 0; c < channels; c++, i++) ys[i] = xs[i] * scale[c] + shift[c];
  return outputs;
}

/**
 * With x̂ = (x − mean) / σ and σ = √(variance + ε): dbeta = Σ dy, dgamma = Σ dy · x̂,
 * dx = gamma / σ · (dy − dbeta / rows − x̂ · dgamma / rows).
 */
function gradient({ inputs, attrs: { epsilon }, backend }: WasmCall<{ epsilon: number }>) {
  const { dy, x, gamma, mean, variance } = inputs;
  const channels = gamma.size;
  const rows = x.size / channels;
  const outputs = [x.shape, gamma.shape, gamma.shape].map((shape) => backend.makeOutput(shape, 'float32'));
  const views = valuesOf(backend, dy, x, gamma, mean, variance, ...outputs);
  const [dys, xs, gammas, means, variances, dxs, dgammas, dbetas] = views;
  const sum = new Float64Array(channels);
  const sumWithX = new Float64Array(channels);
  for (let row = 0, i = 0; row < rows; row++)
    for (let c = 0; c < channels; c++, i++) {
      const slope = dys[i];
      sum[c] += slope;
      sumWithX[c] += slope * xs[i];
    }
  const ofSlope = new Float64Array(channels);
  const ofX = new Float64Array(channels);
  const constant = new Float64Array(channels);
  for (let c = 0; c < channels; c++) {
    const deviation = Math.sqrt(variances[c] + epsilon);
    const dgamma = (sumWithX[c] - means[c] * sum[c]) / deviation;
    dgammas[c] = dgamma;
    dbetas[c] = sum[c];
    ofSlope[c] = gammas[c] / deviation;
    ofX[c] = (-ofSlope[c] * dgamma) / (rows * deviation);
    constant[c] = (-ofSlope[c] * sum[c]) / rows - ofX[c] * means[c];
  }
  for (let row = 0, i = 0; row < rows; row++)
    for (let c = 0; c < channels; c++, i++) dxs[i] = dys[i] * ofSlope[c] + xs[i] * ofX[c] + constant[c];
  return outputs;
}
