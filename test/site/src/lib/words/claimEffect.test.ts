import { expect, it } from 'vitest';
import { claims } from '../../../../../leaderboards/board/claims/list.ts';
import { effectWords } from '../../../../../site/src/lib/words/claimEffect.ts';

it('writes the effect of each claim as a formula', () => {
  const words = Object.fromEntries(claims.map(({ id, test }) => [id, effectWords(test)]));
  expect(words['short-reach-suffices']).toBe(
    'bounded-conv (scratch) less 0.5 × mega (scratch), above 0 points if the claim holds',
  );
  expect(words['spt-transformer-reaches-s4']).toBe(
    'transformer (rotary) (spt) less s4 (scratch-matched), above −2 points if the claim holds',
  );
  expect(words['no-efficient-attention-beats-local']).toBe(
    'the best efficient attention (spt) less local (spt), below 2 points if the claim holds',
  );
  expect(Object.values(words).some((text) => text.startsWith('standard deviation'))).toBe(true);
});
