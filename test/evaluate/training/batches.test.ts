import { describe, expect, it } from 'vitest';
import {
  gatherRows,
  maskTokens,
  orderOf,
  shiftTokens,
} from '../../../evaluate/training/batches.ts';

describe('orderOf', () => {
  it('visits every example once an epoch, in another order each epoch', () => {
    const order = orderOf(50, 'a');
    const epoch = (n: number) => Array.from({ length: 50 }, (_, i) => order(n * 50 + i));
    const [first, second] = [epoch(0), epoch(1)];
    expect([...first].sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, i) => i));
    expect([...second].sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, i) => i));
    expect(second).not.toEqual(first);
  });

  it('depends on the position alone, so a resumed run needs no cursor', () => {
    const whole = orderOf(30, 's');
    const seen = Array.from({ length: 90 }, (_, i) => whole(i));
    const resumed = orderOf(30, 's');
    expect(resumed(71)).toBe(seen[71]);
    expect(resumed(5)).toBe(seen[5]);
  });
});

describe('gatherRows', () => {
  it('copies rows of a [N, L] array', () => {
    const inputs = Uint8Array.of(1, 2, 3, 4, 5, 6);
    expect([...gatherRows(inputs, 2, [2, 0])]).toEqual([5, 6, 1, 2]);
  });
});

describe('maskTokens', () => {
  const tokens = Int32Array.from({ length: 4000 }, (_, i) => (i % 4 === 3 ? 0 : 1 + (i % 7)));
  const masked = maskTokens(tokens, { ratio: 0.15, maskId: 99, name: 'm' });

  it('hides about the asked share, never padding, and asks exactly for what it hid', () => {
    let hidden = 0;
    tokens.forEach((token, i) => {
      const isHidden = masked.tokens[i] === 99;
      expect(masked.weights[i]! > 0).toBe(isHidden);
      expect(masked.targets[i]).toBe(token);
      if (isHidden) {
        hidden++;
        expect(token).not.toBe(0);
      } else expect(masked.tokens[i]).toBe(token);
    });
    // 3000 tokens, 15 %: standard deviation 20.
    expect(Math.abs(hidden - 450)).toBeLessThan(80);
  });

  it('gives weights that sum to 1, and the same mask for the same name only', () => {
    const sum = masked.weights.reduce((total, weight) => total + weight, 0);
    expect(sum).toBeCloseTo(1, 4);
    expect(maskTokens(tokens, { ratio: 0.15, maskId: 99, name: 'm' }).tokens).toEqual(
      masked.tokens,
    );
    expect(maskTokens(tokens, { ratio: 0.15, maskId: 99, name: 'n' }).tokens).not.toEqual(
      masked.tokens,
    );
  });

  it('has zero weights, not NaN, where nothing can be hidden', () => {
    const { weights } = maskTokens(new Int32Array(8), { ratio: 0.5, maskId: 9, name: 'p' });
    expect([...weights]).toEqual(new Array(8).fill(0));
  });
});

describe('shiftTokens', () => {
  it('asks every position for the next token, not beyond the row and not for padding', () => {
    const { tokens, targets, weights } = shiftTokens(Int32Array.of(5, 6, 7, 8, 9, 0), 3);
    expect([...tokens]).toEqual([5, 6, 7, 8, 9, 0]);
    expect([...weights].map((weight) => Math.round(weight * 3))).toEqual([1, 1, 0, 1, 0, 0]);
    expect([targets[0], targets[1], targets[3]]).toEqual([6, 7, 9]);
  });
});
