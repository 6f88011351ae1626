import { describeModel, type ModelDescription } from '../describe.js';

/** What an `.onnx` file takes and gives. @throws SyntaxError for bytes that are none */
export function portsOf(model: Uint8Array): Pick<ModelDescription, 'inputs' | 'outputs'> {
  try {
    return describeModel(model);
  } catch {
    throw new SyntaxError('the model is no ONNX file, or cut short');
  }
}
