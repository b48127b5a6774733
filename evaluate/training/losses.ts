/**
 * Losses: cross-entropy of classes, and of hidden or next tokens for self-pretraining. One operation has
 * its own gradient, (softmax - one-hot) * weight, which saves the passes over [B, L, vocabulary] of
 * automatic differentiation.
 */
import type { Tensor, Tensor1D } from '@tensorflow/tfjs';
import tf from '@tensorflow/tfjs';

/** logits [N, C], targets [N] int32, weights [N] -> sum of weights * cross-entropy, a scalar. */
export function weightedCrossEntropy(logits: Tensor, targets: Tensor, weights: Tensor): Tensor {
  const classes = logits.shape.at(-1)!;
  const column = weights.reshape([-1, 1]);
  const chosen = tf.oneHot(targets as Tensor1D, classes).cast('float32'); // [N, C]
  const loss = tf.customGrad((x, save) => {
    const logProbability = tf.logSoftmax(x as Tensor); // [N, C]
    // Everything that the gradient needs is saved: other tensors of this scope may be gone by then.
    (save as (tensors: Tensor[]) => void)([logProbability, chosen, column]);
    const value = logProbability.mul(chosen).sum(-1, true).mul(column).sum().neg();
    return {
      value,
      gradFunc: (dy: Tensor, saved: Tensor[]) => {
        const [logP, oneHot, weight] = saved as [Tensor, Tensor, Tensor];
        return logP.exp().sub(oneHot).mul(weight.mul(dy));
      },
    };
  });
  return loss(logits);
}

/** logits [B, classes], labels [B] int32 -> mean cross-entropy. */
export function classLoss(logits: Tensor, labels: Tensor): Tensor {
  const batch = logits.shape[0];
  return weightedCrossEntropy(logits, labels, tf.fill([batch], 1 / batch));
}

/** logits [B, L, V], targets [B, L] int32, weights [B, L] (they sum to 1) -> weighted mean cross-entropy. */
export function tokenLoss(logits: Tensor, targets: Tensor, weights: Tensor): Tensor {
  const vocabulary = logits.shape.at(-1)!;
  return weightedCrossEntropy(
    logits.reshape([-1, vocabulary]),
    targets.reshape([-1]),
    weights.reshape([-1]),
  );
}
