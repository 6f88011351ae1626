import { data } from './data.js';
import { demo } from './demo.js';
import { doctor } from './doctor.js';
import { evaluate } from './evaluate.js';
import { exportCommand } from './export.js';
import { features } from './features.js';
import { link } from './link.js';
import { parity } from './parity.js';
import { plot } from './plot.js';
import { predict } from './predict.js';
import { reproduce } from './reproduce.js';
import { serve } from './serve.js';
import { train } from './train.js';

/** Every command, in the order in which a newcomer meets them. */
export const commands = [
  demo,
  doctor,
  link,
  data,
  features,
  train,
  evaluate,
  reproduce,
  plot,
  exportCommand,
  predict,
  parity,
  serve,
] as const;
