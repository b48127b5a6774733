import { expect, it } from 'vitest';
import { versionNote } from '../../../../../site/src/lib/words/versions.ts';

it('tells what was wrong with benchmarks before 2.0, and nothing of later ones', () => {
  expect(versionNote('1.0')).toMatch(
    /^Benchmark 1\.0 can be answered without reading the question/,
  );
  expect(versionNote('1.0')).toMatch(/one learning rate for all models\.$/);
  expect(versionNote('0.1')).toMatch(/^Benchmark 0\.1 /);
  expect(versionNote('2.0')).toBeNull();
  expect(versionNote('10.0')).toBeNull();
});
