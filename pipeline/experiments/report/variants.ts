/** The rows of the report's tables: the name of each variant's cells, and what it is called on the page. */
export const variantNames: Readonly<Record<string, string>> = {
  cnn: '2D CNN',
  'cnn-no-augmentation': '2D CNN, no noisy copies',
  'cnn-mfcc': '2D CNN on MFCC',
  'cnn-lstm': 'CNN + LSTM',
  'cnn-attention-lstm': 'CNN + attention based LSTM',
  'cnn+fc-300': 'CNN + autoencoder (FC 3 layers, 300)',
  'cnn+fc-100': 'CNN + autoencoder (FC 3 layers, 100)',
  'cnn+gru-100-full': 'CNN + autoencoder (GRU 2 layers, 100, full hidden states)',
  'cnn+gru-100-last': 'CNN + autoencoder (GRU 2 layers, 100, last hidden state)',
  'cnn-attention-lstm+fc-300': 'CNN + attention LSTM + autoencoder (FC 3 layers, 300)',
  'cnn-attention-lstm+fc-100': 'CNN + attention LSTM + autoencoder (FC 3 layers, 100)',
  'cnn-attention-lstm+gru-100-full': 'CNN + attention LSTM + autoencoder (GRU 2 layers, 100, full hidden states)',
  'cnn-attention-lstm+gru-100-last': 'CNN + attention LSTM + autoencoder (GRU 2 layers, 100, last hidden state)',
};

/** Short names, for legends. */
export const shortNames: Readonly<Record<string, string>> = {
  cnn: '2D CNN',
  'cnn-no-augmentation': 'no noisy copies',
  'cnn-mfcc': 'MFCC',
  'cnn-lstm': 'CNN + LSTM',
  'cnn-attention-lstm': 'CNN + attention LSTM',
  ...Object.fromEntries(
    ['cnn', 'cnn-attention-lstm'].flatMap((body) => {
      const name = body === 'cnn' ? 'CNN' : 'attention LSTM';
      return [
        [`${body}+fc-300`, `${name} + FC 300`],
        [`${body}+fc-100`, `${name} + FC 100`],
        [`${body}+gru-100-full`, `${name} + GRU 100 full`],
        [`${body}+gru-100-last`, `${name} + GRU 100 last`],
      ];
    }),
  ),
};

const hybridsOn = (body: string): string[] =>
  ['fc-300', 'fc-100', 'gru-100-full', 'gru-100-last'].map((code) => `${body}+${code}`);

export const plainRecognisers = ['cnn', 'cnn-lstm', 'cnn-attention-lstm'] as const;
export const cnnHybrids: readonly string[] = hybridsOn('cnn');
export const attentionHybrids: readonly string[] = hybridsOn('cnn-attention-lstm');
export const comparisons = ['cnn-no-augmentation', 'cnn-mfcc'] as const;
export const recognisers: readonly string[] = [...plainRecognisers, ...cnnHybrids, ...attentionHybrids, ...comparisons];

/** One of Table 5's twelve. */
export interface AutoencoderVariant {
  variant: string;
  kind: 'FC' | 'GRU';
  /** Of the encoder, counting input and code, as the report counts. */
  layers: 2 | 3 | 5;
  dimension: 100 | 300;
  dropout: 0 | 0.2;
}

export const autoencoders: readonly AutoencoderVariant[] = (
  [
    ['fc3', 'FC', 3],
    ['fc5', 'FC', 5],
    ['gru2', 'GRU', 2],
  ] as const
).flatMap(([name, kind, layers]) =>
  ([100, 300] as const).flatMap((dimension) =>
    ([0, 0.2] as const).map((dropout) => ({
      variant: `${name}-${dimension}${dropout > 0 ? '-dropout' : ''}`,
      kind,
      layers,
      dimension,
      dropout,
    })),
  ),
);

export const nameOf = (variant: string): string => variantNames[variant] ?? variant;
export const shortNameOf = (variant: string): string => shortNames[variant] ?? variant;
