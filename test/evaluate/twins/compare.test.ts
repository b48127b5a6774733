import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readRecords, type RecordFile } from '../../../leaderboards/records/read.ts';
import { compareTwins, type CellComparison } from '../../../evaluate/twins/compare.ts';
import { formatComparison } from '../../../evaluate/twins/report.ts';
import { parseTwin, readTwins, type Twin } from '../../../evaluate/twins/twin.ts';

const folder = (path: string) =>
  fileURLToPath(new URL(`../../../leaderboards/${path}`, import.meta.url));
const records = readRecords(folder('runs/lite/recall'));
const ofModel = (model: string) =>
  records.find(
    ({ record: { spec }, groups }) => spec.model === model && spec.seed === 1 && groups,
  ) as Required<RecordFile>;
const local = ofModel('local');
const transformer = ofModel('transformer');

/** A twin that answers in each group as `change` says of the record's right answers. */
function twinOf(
  { record, groups }: Required<RecordFile>,
  seed: number,
  change: (correct: number, stratum: number, g: number) => number = (correct) => correct,
): Twin {
  const correct = Array.from(groups.correct, (right, g) => change(right, groups.strata[g]!, g));
  const accuracy = (stratum: number) => {
    const own = correct.filter((_, g) => groups.strata[g] === stratum);
    const size = groups.sizes[groups.strata.indexOf(stratum)]!;
    return own.reduce((a, b) => a + b, 0) / own.length / size;
  };
  const { task, tier, model, regime } = record.spec;
  return {
    ...{ schema: 1, record: record.id, seed, parameters: 1, selectedStep: 1, validation: 1 },
    cell: { task, tier, model, modelOptions: {}, regime },
    ...{ test: 1, seconds: 1, torch: '1.13.0', threads: 1, correct },
    distances: record.task.distances.map((distance, s) => ({ distance, accuracy: accuracy(s) })),
    curve: [{ step: 1, loss: 1, validation: 1 }],
    predictions: { file: 'none.npy', sha256: '' },
  };
}
const compare = (...twins: Twin[]) => compareTwins([local, transformer], twins)[0]!;

describe('a twin and its record', () => {
  it('agree where they answer alike', () => {
    const { distances, limitHolds } = compare(twinOf(local, 1), twinOf(local, 2));
    expect(limitHolds).toBe(true);
    for (const row of distances) {
      expect(row).toMatchObject({ twin: row.ours, difference: 0, verdict: 'agrees' });
      expect(row.overExamples).toEqual([0, 0]);
    }
  });

  it('differ where the twin loses an answer in most groups, with the interval of the paired t', () => {
    const lose = (correct: number, _: number, g: number) => correct - (g % 4 === 0 ? 0 : 1);
    const { distances, limitHolds } = compare(twinOf(local, 1, lose));
    expect(limitHolds).toBe(false);
    const [near] = distances;
    expect(near).toMatchObject({ verdict: 'differs', overSeeds: null });
    // 48 of 64 groups lose 1 of 8 answers.
    expect(near!.difference).toBeCloseTo(-0.75 / 8, 12);
    const deviation = Math.sqrt((0.75 * 0.25 * 64) / 63) / 8;
    const [low, high] = near!.overExamples;
    expect(high - low).toBeCloseTo((2 * 1.99834 * deviation) / 8, 6);
  });

  it('differ within what seeds do where the seeds of the twin lie as far apart', () => {
    const worse = (by: number) => (correct: number, stratum: number, g: number) =>
      stratum === 0 && g % 2 === 0 ? Math.max(0, correct - by) : correct;
    const twins = [1, 2, 3].map((seed) => twinOf(local, seed, worse(seed - 1)));
    const [near, next] = compare(...twins).distances;
    expect(near!.verdict).toBe('within-seeds');
    expect(near!.seeds.length).toBe(3);
    expect(next!.verdict).toBe('agrees');
    // Three seeds: t with at least their two degrees of freedom, of one seed and of the mean of three.
    const mean = near!.seeds.reduce((a, b) => a + b) / 3;
    const spread = Math.sqrt(near!.seeds.reduce((sum, a) => sum + (a - mean) ** 2, 0) / 2);
    const [low, high] = near!.overSeeds!;
    expect((high - low) / 2).toBeGreaterThan(1.96 * spread * Math.sqrt(4 / 3) * 0.99);
    expect((high - low) / 2).toBeLessThan(4.31 * spread * Math.sqrt(4 / 3) * 1.1);
  });

  it('are compared over all seeds of the cell', () => {
    // A second seed that loses an answer in every other group of the nearest distance.
    const { record, groups } = local;
    const correct = groups.correct.map((right, g) =>
      groups.strata[g] === 0 && g % 2 === 0 ? Math.max(0, right - 1) : right,
    );
    const second = structuredClone(record);
    second.spec.seed = 2;
    second.id = '0'.repeat(12);
    const [near] = second.result!.distances;
    near!.accuracy -= 1 / 16;
    const both = [local, { file: 'second.json', record: second, groups: { ...groups, correct } }];
    const [compared] = compareTwins(both, [twinOf(local, 1), twinOf(local, 2)]);
    expect(compared!.seeds).toEqual([1, 2]);
    const row = compared!.distances[0]!;
    const first = record.result!.distances[0]!.accuracy;
    expect(row.ours).toBeCloseTo(first - 1 / 32, 12);
    expect(row.ourSeeds).toEqual([first, first - 1 / 16]);
    expect(row.difference).toBeCloseTo(1 / 32, 12);
    expect(row.interval[1] - row.interval[0]).toBeGreaterThan(1 / 16);
    expect(row.verdict).toBe('within-seeds');
  });

  it('have no certified limit to hold where every token is seen', () => {
    const { limitHolds } = compare(twinOf(transformer, 1));
    expect(limitHolds).toBeNull();
  });

  it('have their use beside the accuracy where groups are tables of questions', () => {
    const tables = structuredClone(local);
    const use = (accuracy: number) => (accuracy - 1 / 8) / (1 - 1 / 8);
    for (const one of tables.record.result!.distances)
      one.use = { value: use(one.accuracy), interval: [0, 1] };
    const twin = twinOf(local, 1);
    for (const one of twin.distances) one.use = use(one.accuracy);
    const [{ distances, ...rest }] = compareTwins([tables], [twin]) as [CellComparison];
    const near = use(local.record.result!.distances[0]!.accuracy);
    expect(distances[0]!.use!.ours).toBeCloseTo(near, 12);
    expect(distances[0]!.use!.twin).toBeCloseTo(near, 12);
    expect(formatComparison({ distances, ...rest })).toContain(
      `use: record ${near.toFixed(3)} twin ${near.toFixed(3)}`,
    );
    twin.distances[1]!.use! += 0.01;
    expect(() => compareTwins([tables], [twin])).toThrow('its uses are not those of its groups');
  });

  it('are compared on the whole test split of a standard task', () => {
    const image = readRecords(folder('runs/lite/image')).find(
      ({ record, groups }) => record.result && groups,
    ) as Required<RecordFile>;
    const { accuracy } = image.record.result!.test;
    const ending = { steps: 9, reason: 'solved', decayFrom: 8, outcome: 'finished' } as const;
    const twin = { ...twinOf(image, 1), test: accuracy, ending };
    image.record.result!.ending = ending;
    const [compared] = compareTwins([image], [twin]) as [CellComparison];
    expect(compared.distances).toHaveLength(1);
    expect(compared.distances[0]).toMatchObject({ distance: null, difference: 0 });
    expect(compared.distances[0]!.use).toBeUndefined();
    const text = formatComparison(compared);
    expect(text).toContain('\n  record solved at 9; twin solved at 9\n  test split  record ');
    expect(() => compareTwins([image], [{ ...twin, test: accuracy / 2 }])).toThrow(
      'its accuracies are not those of its groups',
    );
  });

  it('are compared only where both are there and fit', () => {
    expect(compareTwins([], [twinOf(local, 1)])).toEqual([]);
    const short = { ...twinOf(local, 1), correct: [1] };
    expect(() => compare(short)).toThrow('has 1 sibling groups and its record 448');
    const wrong = twinOf(local, 1);
    wrong.distances[0]!.accuracy = 0.5;
    expect(() => compare(wrong)).toThrow('its accuracies are not those of its groups');
    const other = { ...twinOf(local, 1), record: transformer.record.id };
    expect(() => compare(other)).toThrow('is of local on recall');
  });

  it('are printed, a line a distance', () => {
    const text = formatComparison(compare(twinOf(local, 1), twinOf(local, 2)));
    expect(text).toMatch(
      /^recall, local, scratch: record 5087ab1448f1, seeds 1; twin with seeds 1, 2, .* limit holds\.\n/,
    );
    expect(
      text.match(/\n {2}distance .* difference \+0\.000 \[.*over seeds.*agrees/g),
    ).toHaveLength(7);
  });
});

describe('files of twins', () => {
  it('are refused where they are broken or their predictions were altered', () => {
    const { schema, ...rest } = twinOf(local, 1);
    expect(schema).toBe(1);
    expect(() => parseTwin(rest, 'a.json')).toThrow('a.json: field schema: ');
    const dir = mkdtempSync(join(tmpdir(), 'reach-twins-'));
    try {
      writeFileSync(join(dir, 'a.json'), JSON.stringify(twinOf(local, 1)));
      expect(() => readTwins(dir)).toThrow('none.npy is missing or was altered');
    } finally {
      rmSync(dir, { recursive: true });
    }
  });

  it('that are published keep to the certified limit', () => {
    const twins = readTwins(folder('twins'));
    const compared = compareTwins(records, twins);
    expect(compared.length).toBeGreaterThan(0);
    const limited = compared.filter(({ record }) => record.spec.model === 'local');
    expect(limited.map(({ limitHolds }) => limitHolds)).toEqual([true]);
    expect(readFileSync(join(folder('twins'), twins[0]!.predictions.file)).length).toBeGreaterThan(
      0,
    );
  });
});
