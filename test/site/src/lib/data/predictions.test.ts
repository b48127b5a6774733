import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { studyNames } from '../../../../../evaluate/plan/studies.ts';
import { parsePredictions } from '../../../../../site/src/lib/data/predictions.ts';

describe('predictions', () => {
  it('are read from the table of studies alone', () => {
    const markdown = readFileSync('leaderboards/pilots/predictions.md', 'utf8');
    const found = parsePredictions(markdown);
    expect(new Set(found.map(({ study }) => study))).toEqual(new Set(studyNames));
    for (const { prediction, sure } of found) {
      expect(prediction).not.toBe('');
      expect(sure).toMatch(/^\d+ %$/);
    }
    expect(parsePredictions('# Nothing\n\n| task | regime |\n')).toEqual([]);
  });
  it('keep whether they came true', () => {
    const text =
      '| study | prediction | sure | came true |\n| - | - | - | - |\n| a | b | 1 % | yes |';
    expect(parsePredictions(text)).toEqual([
      { study: 'a', prediction: 'b', sure: '1 %', cameTrue: 'yes' },
    ]);
  });
});
