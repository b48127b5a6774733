/**
 * A typed door to `tf.customGrad`, for functions whose automatic gradient would make more passes
 * over memory than needed.
 */
import tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';

/**
 * A differentiable function from its value and its gradient.
 *
 * @param forward gives the value and the tensors that the gradient needs. Tensors may not reach
 *   `backward` in any other way: intermediate ones are gone by then.
 * @param backward gives one gradient for each input, in order, of that input's shape.
 */
export function withGradient(
  forward: (...inputs: Tensor[]) => { value: Tensor; saved: Tensor[] },
  backward: (dy: Tensor, ...saved: Tensor[]) => Tensor[],
): (...inputs: Tensor[]) => Tensor {
  return tf.customGrad((...given) => {
    const save = given.pop() as (tensors: Tensor[]) => void;
    const { value, saved } = forward(...(given as Tensor[]));
    save(saved);
    return { value, gradFunc: (dy: Tensor, kept: Tensor[]) => backward(dy, ...kept) };
  });
}
