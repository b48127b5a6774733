import { expect, it } from 'vitest';
import { terms, termsOf } from '../../../../../site/src/lib/words/terms.ts';

it('are defined once each, as a noun phrase', () => {
  expect(new Set(terms.map(({ id }) => id)).size).toBe(terms.length);
  for (const { is } of terms) expect(is).toMatch(/^[a-z0-9].*[^.]$/s);
  expect(termsOf(['reach', 'use']).map(({ term }) => term)).toEqual(['use', 'reach']);
});
