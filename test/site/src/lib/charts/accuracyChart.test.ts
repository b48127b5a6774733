import { describe, expect, it } from 'vitest';
import {
  accuracyChart,
  type AccuracyChart,
} from '../../../../../site/src/lib/charts/accuracyChart.ts';

const sample: AccuracyChart = {
  groups: [
    {
      label: 'Transformer',
      family: 'attention',
      results: [
        { regime: 'scratch', accuracy: 0.62, interval: [0.6, 0.64] },
        { regime: 'spt', accuracy: 0.667, interval: null },
      ],
    },
    {
      label: 'A very long name for a model, indeed',
      family: 'none that is known',
      results: [{ regime: 'spt', accuracy: 0.45, interval: [0.41, 0.49] }],
    },
  ],
  chance: 0.5,
  width: 720,
  label: 'Accuracy',
  description: 'A finding.',
};

describe('the chart of regimes side by side', () => {
  it('is drawn as it was', async () => {
    await expect(`${accuracyChart(sample)}\n`).toMatchFileSnapshot('accuracyChart.svg');
  });
  it('says every accuracy, the regimes and chance', () => {
    const svg = accuracyChart(sample);
    for (const text of ['62.0', '66.7', '45.0', 'chance 50.0', '>scratch<', '>spt<']) {
      expect(svg).toContain(text);
    }
    expect(svg).toContain('A very long name for a model, indeed');
    expect(svg).toContain('var(--other-family)');
  });
});
