/** What a reader has to know of an earlier version of the benchmark. */

/** What was wrong with a version, in one sentence; null if nothing is known to be. */
export function versionNote(benchmark: string): string | null {
  const major = Number.parseInt(benchmark, 10);
  if (!(major < 2)) return null;
  return (
    `Benchmark ${benchmark} can be answered without reading the question (the value at one of a few fixed places is right in ` +
    '94.5\u00a0% of its recall examples, chance 12.5\u00a0%), and its training had no rule for its end and one learning rate for all models.'
  );
}
