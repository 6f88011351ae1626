/** Why operations on texts have no converter. */
export const stringRefusals = {
  StaticRegexReplace:
    'ONNX has no operator that replaces parts of a text (RegexFullMatch, from opset 20, only says whether one matches): do it before the model',
  StringNGrams:
    'ONNX has no operator that joins texts in opset 17 (StringConcat is of opset 20), nor one whose texts are as many as the data says: do it before the model',
  StringSplit:
    'ONNX has no operator that cuts texts in opset 17 (StringSplit is of opset 20, and gives no sparse indices): do it before the model',
  StringToHashBucketFast:
    'ONNX has no operator that reads the bytes of a text, which FarmHash is computed of: do it before the model',
};

/** TensorFlow.js lists ragged operations but has no mapping for them: its executor fails with "Unknown op". */
const unmapped =
  'ONNX has no ragged tensors, and TensorFlow.js itself does not run it (its mapper leaves the list "ragged" out), so that there is no answer to equal';

export const raggedRefusals = {
  RaggedGather: unmapped,
  RaggedRange: unmapped,
  RaggedTensorToTensor: unmapped,
};

const forest =
  'its decision forest lies in files outside of the graph, read by a library that TensorFlow.js loads: the model holds no trees to write';

export const forestRefusals = {
  SimpleMLCreateModelResource: forest,
  SimpleMLInferenceOpWithHandle: forest,
  SimpleMLLoadModelFromPathWithHandle: forest,
};
