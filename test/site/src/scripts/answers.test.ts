import { describe, expect, it } from 'vitest';
import { answersHtml, rightOf, spreadOf } from '../../../../site/src/scripts/answers.ts';

const labels = [0, 1, 2];
const answers = ['a', 'b', 'c'];
const common = { labels, answers, distance: 64, onTest: '33.3' };

describe('the answers of a model', () => {
  it('are right where the largest logit is the label; of equal ones the first counts', () => {
    const logits = [
      [2, 1, 0],
      [0, 3, 3],
      [0, 1, 0],
    ];
    expect(rightOf({ logits, labels })).toBe(2);
    expect(spreadOf(logits)).toBe(3);
  });
  it('are called alike only where every logit is', () => {
    const same = labels.map(() => [1.5, 1, 0]);
    expect(answersHtml({ ...common, logits: same, reach: 32 })).toContain('bit for bit');
    const other = [[1.5, 1, 1e-7], ...same.slice(1)];
    const html = answersHtml({ ...common, logits: other, reach: 32 });
    expect(html).not.toContain('bit for bit');
    expect(html).toContain('1 of 3 right');
  });
});
