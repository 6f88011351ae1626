/**
 * What the report publishes ("Improving CNN-based Speech Emotion Recognition with LSTM Variants and Unsupervised
 * Representation", CZ4042, 2020), as numbers. All its accuracies were measured under the protocol that is called `paper`
 * here, which leaks: noisy copies of test clips were trained on.
 */
export const published = {
  title: 'Improving CNN-based Speech Emotion Recognition with LSTM Variants and Unsupervised Representation',
  course: 'CZ4042 Neural Networks and Deep Learning, final group project report (2020)',
  /** Of recognisers; 500 of autoencoders, 1000 in Figure 23. */
  epochs: 1500,
  autoencoderEpochs: 500,
  testExamples: 1080,
  /** Test accuracy by variant, the "best accuracy" of all epochs: Table 8, and Figures 14, 16 and 19. */
  accuracy: {
    cnn: 0.9231,
    'cnn-lstm': 0.9583,
    'cnn-attention-lstm': 0.963,
    'cnn+fc-300': 0.9754,
  } as Record<string, number>,
  /** Table 6, likewise. Table 7 has no numbers. */
  hybrids: {
    'cnn-attention-lstm': 0.96574,
    'cnn+fc-300': 0.97545,
    'cnn+fc-100': 0.96866,
    'cnn+gru-100-full': 0.96879,
    'cnn+gru-100-last': 0.90064,
  } as Record<string, number>,
  /** 4.6.2: shares of right answers of CNN + attention based LSTM. */
  intensity: { normal: 0.9599, strong: 0.9646 } as Record<string, number>,
  gender: { male: 0.9603, female: 0.9635 } as Record<string, number>,
  /**
   * The sizes of these groups are not given. These are RAVDESS' own shares of 1080 examples: 768 of its 1440 clips are of
   * normal intensity, half are of men.
   */
  intensityExamples: { normal: 576, strong: 504 } as Record<string, number>,
  genderExamples: { male: 540, female: 540 } as Record<string, number>,
  /** Table 5 has the structures alone; 4.5.1 and 4.5.2 choose by eye from Figures 22 to 24. */
  chosenAutoencoders: ['fc3-100', 'fc3-300', 'gru2-100'],
} as const;

/** Table 4, as printed. */
export const publishedCnn: readonly (readonly [block: string, layers: string])[] = [
  ['1st LFLB', 'Conv2D(64, 3 × 3, same), BatchNormalization, ELU, MaxPooling2D(2 × 2, same), Dropout(0.3)'],
  ['2nd LFLB', 'Conv2D(64, 3 × 3, same), BatchNormalization, ELU, MaxPooling2D(4 × 4, same), Dropout(0.3)'],
  ['3rd LFLB', 'Conv2D(128, 3 × 3, same), BatchNormalization, ELU, MaxPooling2D(4 × 4, same), Dropout(0.4)'],
  ['4th LFLB', 'Conv2D(128, 3 × 3, same), BatchNormalization, ELU, MaxPooling2D(4 × 4, same), Dropout(0.4)'],
  ['Flatten layer', 'Flatten'],
  ['Dense layer', 'Dense(64), Dropout(0.5), BatchNormalization, ReLU, Dropout(0.5)'],
  ['Output layer', 'Dense(labels, softmax)'],
];

/** Where the report contradicts itself or its sources, in its order. */
export const slips: readonly string[] = [
  '3.2 makes the noisy copies first and 4.6.2 splits at random afterwards, so that noisy copies of test clips, and other clips of every test speaker, were trained on. All its accuracies leak.',
  '4.1.1 says that each emotion label is attached with gender, "in the end there are 8 labels": the 8 labels are the emotions alone.',
  '4.1.2 calls CREMA-D "taken from movies": it was recorded by 91 actors for the purpose.',
  'Table 3 counts 698 clips of men for each emotion but neutral: there are 671 (and 7442 clips in all).',
  '4.1.2 compares "figure 10 and figure 14", 4.6.2 describes the confusion matrix "in Figure 23": 13 and 26 are meant.',
  'Tables 6 and 8 differ on CNN + attention based LSTM: 96.574 % and 96.30 %.',
  'Table 6 has the GRU code with full states far ahead of the last state (96.88 against 90.06 %); the text under it says the reverse.',
  '4.6.2 takes 95.99 % against 96.46 %, and 96.03 % against 96.35 %, for effects of intensity and gender: on 1080 examples that is noise (computed below).',
  '"Best accuracy" is the best of all epochs on the test data: the epoch was chosen by the test.',
];
