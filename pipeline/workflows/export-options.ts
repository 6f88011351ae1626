/** What an exported run can take: its model's features, normalised, or samples at its rate. */
export const exportInputs = ['features', 'waveform'] as const;

export type ExportInput = (typeof exportInputs)[number];

/** How an exported run is laid out: one file, or a folder that another program loads. */
export const exportLayouts = ['file', 'transformers', 'triton'] as const;

export type ExportLayout = (typeof exportLayouts)[number];
