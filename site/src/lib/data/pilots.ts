/** The pilot runs by which the lite tier was fixed, for the methodology page. */
import { pilotsSchema, type Pilot } from '../../../../leaderboards/records/pilots.ts';
import { percent } from '../words/format.ts';

const files = import.meta.glob<unknown>('../../../../leaderboards/pilots/pilots.json', {
  eager: true,
  import: 'default',
});

export const pilots: Pilot[] = Object.values(files).flatMap((file) => pilotsSchema.parse(file));

/** Accuracy from the nearest to the farthest distance, or of the whole test split. */
export function accuraciesOf({ accuracy, distances }: Pilot): string {
  if (distances.length === 0) return percent(accuracy);
  return distances.map((each) => percent(each.accuracy)).join(' · ');
}
