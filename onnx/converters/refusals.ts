const unregistered =
  'tfjs-layers 4.22 neither exports nor registers it, so that it reads no model with it; build it of layers that it registers';

const cell = 'in tfjs a cell by itself has no place for its states; put it into ';

/**
 * Layer classes of tfjs-layers that have no converter, and why: what ONNX, or tfjs itself, lacks for them. A converter
 * of one's own (`converters`) comes before.
 */
export const refusals: Readonly<Record<string, string>> = {
  ConvLSTM2DCell: `${cell}ConvLSTM2D, by the options of that layer`,
  GRUCell: `${cell}an RNN layer, or use GRU`,
  LSTMCell: `${cell}an RNN layer, or use LSTM`,
  SimpleRNNCell: `${cell}an RNN layer, or use SimpleRNN`,
  RandomWidth:
    'tfjs draws a new width at each call, at inference too: no file can give the same predictions; remove it for export',
  RandomHeight: unregistered,
  MultiHeadAttention: unregistered,
  CachedMultiHeadAttention: unregistered,
  EinsumDense: unregistered,
  PositionEmbedding: unregistered,
  TransformerDecoder: unregistered,
  Backbone: unregistered,
  GPT2Backbone: unregistered,
  GPT2CausalLM: unregistered,
  GPT2CausalLMPreprocessor: unregistered,
  GPT2Preprocessor: unregistered,
  Preprocessor: unregistered,
  BytePairTokenizer:
    'ONNX has no operator that splits text by regular expressions and merges; give token ids to the file',
  GPT2Tokenizer: 'ONNX has no operator that splits text by regular expressions and merges; give token ids to the file',
  StartEndPacker:
    'it packs lists of unequal lengths, and ONNX tensors have one length an axis; give packed ids to the file',
};

/** Why a class is refused, or undefined. */
export const refusalOf = (className: string): string | undefined =>
  Object.hasOwn(refusals, className) ? refusals[className] : undefined;
