import { expect, it } from 'vitest';
import { brief } from '../../../../../site/src/lib/charts/reachCharts.ts';

it('shortens labels for narrow screens, but never to the same', () => {
  const short = (...labels: string[]) =>
    brief(labels.map((label) => ({ label }))).map(({ label }) => label);
  expect(short('Transformer (sinusoidal)', 'Long convolution', 'S4')).toEqual([
    'Transformer',
    'Long conv.',
    'S4',
  ]);
  expect(short('Transformer (sinusoidal)', 'Transformer (rotary)')).toEqual([
    'Transformer (sinusoidal)',
    'Transformer (rotary)',
  ]);
});
