/**
 * Four frames at once, one a lane of a vector of four float32, so that every step is written as for one frame. All
 * pointers are bytes from the start of the memory that the host gives, and nothing is allocated here.
 */
export { logarithms } from './logarithms';
export { powerSpectra } from './power-spectra';
export { rootMeanSquares } from './root-mean-squares';
export { squareRoots } from './square-roots';
export { weightedSums } from './weighted-sums';
export { windowFrames } from './window-frames';
