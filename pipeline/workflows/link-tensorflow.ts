export { linkTensorflow, unlinkTensorflow } from '../training/backends/tensorflow/link.js';
