import type { OpConverter } from './op-scope.js';

/** A weight of the model. */
export const convertConst: OpConverter = (op) => op.lender.weight(op.node);

/** What passes its input on: Identity, Snapshot, StopGradient, Print. */
export const convertIdentity: OpConverter = (op) => op.tensor('x');

/** As many values out as in. */
export const convertIdentityN: OpConverter = (op) => op.tensors('x');

/** Shape → Shape (ai.onnx 15), as int32. */
export const convertShape: OpConverter = (op) => op.cast(op.emit('Shape', [op.tensor('x')]), 'int32');

export const convertShapeN: OpConverter = (op) => op.tensors('x').map((x) => op.cast(op.emit('Shape', [x]), 'int32'));
