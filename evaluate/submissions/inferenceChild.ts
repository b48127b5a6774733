/**
 * The process in which a submitted ONNX file runs. It is sent the file and tokens, and never has a
 * label: it sends back the class of the largest logit of every example.
 */
import { reason } from '../engine/load.ts';
import { askModel, type InferenceOrder } from './askModel.ts';

const send = (message: unknown) =>
  new Promise<void>((resolve) => process.send!(message, undefined, undefined, () => resolve()));

process.once('message', (order: InferenceOrder) => {
  askModel(order)
    .then((end) => send({ end }))
    .catch((error: unknown) => send({ error: reason(error) }))
    .finally(() => process.exit(0));
});
process.once('disconnect', () => process.exit(1));
