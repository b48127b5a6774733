/** Cells retrained in PyTorch beside their records, for the methodology page. */
import { compareTwins } from '../../../leaderboards/twins/compare.ts';
import { parseTwin, sortTwins } from '../../../leaderboards/twins/twin.ts';
import { modelLabel } from '../../../evaluate/runs/modelLabel.ts';
import { canonical } from '../../../evaluate/runs/spec.ts';
import type { RunRecord } from '../../../leaderboards/schema.ts';
import { records } from './data.ts';
import { percent } from './format.ts';

const files = import.meta.glob<unknown>('../../../leaderboards/twins/*.json', {
  eager: true,
  import: 'default',
});

const verdicts = {
  agrees: 'agrees',
  'within-seeds': 'within the spread of seeds',
  differs: 'differs',
};

/** Results of the same cell with other seeds. */
function otherSeeds({ id, spec }: RunRecord) {
  const cell = ({ spec }: RunRecord) => canonical({ ...spec, seed: 0 });
  return records
    .map(({ record }) => record)
    .filter(
      (record) => record.id !== id && record.result && cell(record) === cell({ spec } as RunRecord),
    )
    .map(({ result }) => result!.distances);
}

/** Of the twins whose records are in this build. */
export const twins = compareTwins(
  records,
  sortTwins(Object.entries(files).map(([path, file]) => parseTwin(file, path))),
).map(({ record, distances, limitHolds }) => {
  const { id, spec } = record;
  const others = otherSeeds(record);
  return {
    run: id,
    title: `${spec.task}, ${modelLabel(spec)}, ${spec.regime}`,
    limitHolds,
    rows: distances.map(({ distance, ours, interval, seeds, verdict }, i) => ({
      distance,
      record: percent(ours),
      interval: interval.map(percent).join('–'),
      others: others.map((found) => percent(found[i]!.accuracy)).join(' · '),
      seeds: seeds.map(percent).join(' · '),
      verdict: verdicts[verdict],
    })),
  };
});
