/** What a task's certificates prove, in words. */
import type { TaskShape } from '../../../../generators/index.ts';
import { listed, percent } from './format.ts';

type Certified = Pick<TaskShape, 'distances' | 'siblings' | 'order' | 'readout'>;

/** One paragraph for each certificate that a task has or lacks. */
export function certificateWords({ distances, siblings, order }: Certified): string[] {
  if (distances.length === 0) {
    return [
      'This is the Long Range Arena’s own task, kept for comparison. It has no certificate: how far apart its evidence lies differs from example to example and is not known, so a high accuracy here does not show long reach.',
    ];
  }
  const share = `${percent(1 / siblings)}\u00a0%`;
  const reach = `Reach certificate, for D = ${listed(distances.map(String))}: in every sibling group the last D tokens are identical, and the ${siblings} labels are all different. A model whose read-out depends on at most the last D tokens gives all ${siblings} siblings one answer and scores exactly one in ${siblings}, ${share}: not about chance, exactly chance, whatever its weights.`;
  const orders =
    order > 0
      ? `Order certificate, for w = ${order}: in every sibling group all siblings have the same multiset of windows of ${order} tokens. A model that sees the input only through counts of such windows (a bag of ${order}-grams, a convolution of that width under pooling) scores exactly one in ${siblings} too.`
      : 'There is no order certificate: siblings differ in which tokens occur, so a model that only counts tokens may learn something.';
  return [reach, orders];
}
