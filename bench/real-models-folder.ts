import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where test/real-models/make_models.py puts what it makes, or SERKIT_REAL_MODELS. */
export const realModelsFolder = process.env.SERKIT_REAL_MODELS ?? join(homedir(), '.cache', 'serkit', 'real-models');
