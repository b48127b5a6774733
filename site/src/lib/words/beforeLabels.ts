/** What a pretrained model predicts before any label, in words and numbers. */
import type { BeforeLabels } from '../../../../leaderboards/records/schema.ts';
import { percent } from './format.ts';

/** What it was pretrained on, and how it was asked. */
export function beforeLabelsSentence({ objective, signal }: BeforeLabels): string {
  const { kind, distance, pairs } = signal;
  const apart = {
    near: `at most ${distance} tokens apart`,
    far: `more than ${distance} tokens apart`,
    all: 'at all distances',
  };
  const asked = {
    'masked token': 'which is hidden behind the mask',
    'next token': 'as the next token',
  };
  return `Pretrained on sequences in which ${pairs} values stand twice, ${apart[kind]}; then, before any label, asked for the second copy of a value, ${asked[objective]}, by the distance of the first copy.`;
}

/** Use at each distance, with its interval, in percent. */
export const beforeLabelsRows = ({ distances }: BeforeLabels) =>
  distances.map(({ distance, use, accuracy, correct, count }) => ({
    distance,
    use: use
      ? `${percent(use.value)} (${percent(use.interval[0])} to ${percent(use.interval[1])})`
      : percent(accuracy),
    right: `${correct}/${count}`,
  }));
