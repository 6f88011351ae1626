import { architectures } from '../../models/index.js';

/** The registered models with a line on each. Apart from the other choices, because this one needs tfjs. */
export const models = Object.values(architectures).map(({ name, purpose }) => ({ name, purpose }));
