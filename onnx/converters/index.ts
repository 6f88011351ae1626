import {
  convertActivation,
  convertELU,
  convertLeakyReLU,
  convertPReLU,
  convertReLU,
  convertSoftmax,
  convertThresholdedReLU,
} from './activations.js';
import { convertBidirectional } from './bidirectional.js';
import { convertConvLstm2D } from './conv-lstm.js';
import {
  convertConv1D,
  convertConv2D,
  convertConv3D,
  convertDepthwiseConv2D,
  convertSeparableConv2D,
} from './convolution.js';
import { convertConv2DTranspose, convertConv3DTranspose } from './convolution-transposed.js';
import { convertDense } from './dense.js';
import { convertDot } from './dot.js';
import { convertEmbedding } from './embedding.js';
import type { LayerConverter } from './layer-scope.js';
import { convertMasking } from './masks.js';
import {
  convertAdd,
  convertAverage,
  convertConcatenate,
  convertMaximum,
  convertMinimum,
  convertMultiply,
} from './merge.js';
import { convertBatchNormalization, convertLayerNormalization } from './normalization.js';
import {
  convertAveragePooling1D,
  convertAveragePooling2D,
  convertAveragePooling3D,
  convertGlobalAveragePooling,
  convertGlobalMaxPooling,
  convertMaxPooling1D,
  convertMaxPooling2D,
  convertMaxPooling3D,
} from './pooling.js';
import { convertCategoryEncoding, convertRescaling } from './preprocessing.js';
import { convertGru, convertLstm, convertRnn, convertSimpleRnn } from './recurrent.js';
import { convertCenterCrop, convertResizing, convertUpSampling2D } from './resizing.js';
import {
  convertCropping2D,
  convertFlatten,
  convertIdentity,
  convertPermute,
  convertRepeatVector,
  convertReshape,
  convertZeroPadding2D,
} from './shape.js';
import { convertStackedRnnCells } from './stacked-cells.js';
import { convertTimeDistributed } from './time-distributed.js';

/**
 * Every layer class that can be exported, by tfjs's class name. A new one is a converter, a line here, and a case in
 * test/onnx/layer-cases.ts. InputLayer and models used as layers are read by the parser.
 */
export const converters = {
  Activation: convertActivation,
  Add: convertAdd,
  AlphaDropout: convertIdentity,
  Average: convertAverage,
  AveragePooling1D: convertAveragePooling1D,
  AveragePooling2D: convertAveragePooling2D,
  AveragePooling3D: convertAveragePooling3D,
  BatchNormalization: convertBatchNormalization,
  Bidirectional: convertBidirectional,
  CategoryEncoding: convertCategoryEncoding,
  CenterCrop: convertCenterCrop,
  Concatenate: convertConcatenate,
  Conv1D: convertConv1D,
  Conv2D: convertConv2D,
  Conv2DTranspose: convertConv2DTranspose,
  Conv3D: convertConv3D,
  Conv3DTranspose: convertConv3DTranspose,
  ConvLSTM2D: convertConvLstm2D,
  Cropping2D: convertCropping2D,
  Dense: convertDense,
  DepthwiseConv2D: convertDepthwiseConv2D,
  Dot: convertDot,
  Dropout: convertIdentity,
  ELU: convertELU,
  Embedding: convertEmbedding,
  Flatten: convertFlatten,
  GaussianDropout: convertIdentity,
  GaussianNoise: convertIdentity,
  GlobalAveragePooling1D: convertGlobalAveragePooling,
  GlobalAveragePooling2D: convertGlobalAveragePooling,
  GlobalMaxPooling1D: convertGlobalMaxPooling,
  GlobalMaxPooling2D: convertGlobalMaxPooling,
  GRU: convertGru,
  LayerNormalization: convertLayerNormalization,
  LeakyReLU: convertLeakyReLU,
  LSTM: convertLstm,
  Masking: convertMasking,
  Maximum: convertMaximum,
  MaxPooling1D: convertMaxPooling1D,
  MaxPooling2D: convertMaxPooling2D,
  MaxPooling3D: convertMaxPooling3D,
  Minimum: convertMinimum,
  Multiply: convertMultiply,
  Permute: convertPermute,
  PReLU: convertPReLU,
  ReLU: convertReLU,
  RepeatVector: convertRepeatVector,
  Rescaling: convertRescaling,
  Reshape: convertReshape,
  Resizing: convertResizing,
  RNN: convertRnn,
  SeparableConv2D: convertSeparableConv2D,
  SimpleRNN: convertSimpleRnn,
  Softmax: convertSoftmax,
  SpatialDropout1D: convertIdentity,
  StackedRNNCells: convertStackedRnnCells,
  ThresholdedReLU: convertThresholdedReLU,
  TimeDistributed: convertTimeDistributed,
  UpSampling2D: convertUpSampling2D,
  ZeroPadding2D: convertZeroPadding2D,
} satisfies Record<string, LayerConverter>;

/** The converter of a class, or undefined. */
export const converterOf = (className: string): LayerConverter | undefined =>
  Object.hasOwn(converters, className) ? converters[className as keyof typeof converters] : undefined;
