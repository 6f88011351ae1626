import type { Preset } from '../config.js';

/** The report's features from 44.1 kHz audio. Below that rate the upper bands are empty: take `paper-16k`. */
export const paper: Preset = { features: 'paper' };
