import { describe, expect, it } from 'vitest';
import { studyState } from '../../../../../evaluate/plan/studyState.ts';
import { spanTicks, studyFigures } from '../../../../../site/src/lib/charts/studyCharts.ts';
import { studyHeadline } from '../../../../../site/src/lib/words/studyWords.ts';
import { asFiles } from '../../../../fixtures/records.ts';
import { lengthRuns, lengthTests, studyRecords } from '../../../../fixtures/studies.ts';

const state = (name: 'signal' | 'labels' | 'capacity', records = studyRecords()) =>
  studyState(name, asFiles(records), { tier: 'lite' });

describe('the figures of the studies', () => {
  it('are none without records', () => {
    for (const name of ['signal', 'labels', 'capacity'] as const) {
      expect(studyFigures(state(name, []))).toEqual([]);
      expect(studyHeadline(state(name, []))).toContain('No run');
    }
  });
  it('draw before labels dashed and after them solid, by signal', () => {
    const [figure, ...others] = studyFigures(state('signal'));
    expect(others).toEqual([]);
    expect(figure!.title).toBe('Transformer');
    expect(figure!.svg.match(/stroke-dasharray="5 4"/g)).toHaveLength(1);
    expect(figure!.svg).toMatch(/near: before \d+, after \d+/);
    expect(studyHeadline(state('signal'))).toMatch(/^Self-pretraining helps .* in \d of 2 comp/);
  });
  it('draw gains in points with their intervals', () => {
    const [figure] = studyFigures(state('labels'));
    expect(figure!.title).toBe('Image');
    expect(figure!.svg).toMatch(/500 labels: \+1\d/);
    expect(figure!.svg).toContain('fill-opacity=".12"');
  });
  it('draw use by pairs beside the size of the state', () => {
    const [figure] = studyFigures(state('capacity'));
    expect(figure!.wide).toContain('Transformer (33\u202fk)');
    expect(studyHeadline(state('capacity'))).toBe('No model has been tested with 64 pairs yet.');
  });
});

describe('the figure of lengths', () => {
  const runs = lengthRuns();
  const shown = (use: (distance: number, factor: number) => number) =>
    studyState('length', asFiles(runs), { tier: 'lite', tests: lengthTests(runs, use) });
  it('has a line for each length and where the trained one ends', () => {
    const state = shown((distance) => (distance < 256 ? 1 : 0.1));
    const [figure, ...others] = studyFigures(state);
    expect(others).toEqual([]);
    for (const words of ['256 tokens', '512 tokens', '1024 tokens', 'trained on 256'])
      expect(figure!.svg).toContain(`>${words}<`);
    expect(figure!.svg).toMatch(/1024 tokens: \d{3}/);
  });
  it('says how many models reach farther than they were trained', () => {
    const far = shown(() => 0.9);
    expect(studyHeadline(far)).toBe('1 of 1 model reaches farther than the trained length.');
    const near = shown((distance) => (distance < 100 ? 1 : 0));
    expect(studyHeadline(near)).toBe('0 of 1 model reach farther than the trained length.');
  });
  it('is none where nothing was tested', () => {
    const state = studyState('length', asFiles(runs), { tier: 'lite' });
    expect(studyFigures(state)).toEqual([]);
    expect(studyHeadline(state)).toContain('No model has been tested');
  });
});

describe('ticks of gains', () => {
  it('are round, with zero, around all values', () => {
    expect(spanTicks([1.7, 7.2])).toEqual([0, 2, 4, 6, 8]);
    expect(spanTicks([-3, 11])).toEqual([-5, 0, 5, 10, 15]);
    expect(spanTicks([0])).toEqual([0, expect.any(Number)]);
  });
});
