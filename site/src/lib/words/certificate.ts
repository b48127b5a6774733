/** What a task's certificates prove, in words. */
import type { TaskShape } from '../../../../generators/index.ts';
import { listed, percent } from './format.ts';

/** The facts of a task that its certificates are about, of a data set or of a board. */
export interface Certified extends Pick<
  TaskShape,
  'distances' | 'siblings' | 'order' | 'readout' | 'classes'
> {
  table?: { states: number; questions: number; question: number } | null | undefined;
}

/** One paragraph for each certificate that a task has or lacks. */
export function certificateWords(task: Certified): string[] {
  if (task.distances.length === 0) {
    return [
      'This is the Long Range Arena’s own task, kept for comparison. It has no certificate: how far apart its evidence lies differs from example to example and is not known, so a high accuracy here does not show long reach.',
    ];
  }
  return [reachWords(task), questionWords(task), orderWords(task)];
}

const exactly = ({ classes }: Certified) =>
  `exactly one in ${classes}, ${percent(1 / classes)}\u00a0%`;

function reachWords(task: Certified): string {
  const { distances, table } = task;
  const states = table?.states ?? task.siblings;
  const alike =
    (table?.questions ?? 1) > 1
      ? `the ${states} examples of a group that ask the same question`
      : `the ${states} examples of a group`;
  return `Reach certificate, for D = ${listed(distances.map(String))}: ${alike} have identical last D tokens, and each of the ${task.classes} answers is right in equally many of them. A model whose read-out depends on at most the last D tokens gives all of them one answer and scores ${exactly(task)}: not about chance, exactly chance, whatever its weights.`;
}

function questionWords(task: Certified): string {
  const { table } = task;
  if (!table || table.questions < 2 || table.question === 0)
    return 'There is no question certificate: a model may score above chance without reading what is asked.';
  const where =
    table.question === 1
      ? 'differ in the last token alone'
      : `differ in the last ${table.question} tokens alone`;
  return `Question certificate: the ${table.questions} examples of a group that have the same evidence ${where}, and each answer is right in equally many of them. A model that does not read the question scores ${exactly(task)}, and its use, hits less false alarms, is exactly 0.`;
}

function orderWords(task: Certified): string {
  const { order } = task;
  if (order === 0)
    return 'There is no order certificate: examples of a group differ in which tokens occur, so a model that only counts tokens may learn something.';
  const windows = order === 1 ? 'tokens' : `windows of ${order} tokens`;
  const counts =
    order === 1
      ? 'counts of tokens'
      : `counts of such windows (a bag of ${order}-grams, a convolution of that width under pooling)`;
  return `Order certificate, for w = ${order}: all examples of a group that ask the same question have the same multiset of ${windows}. A model that sees the input only through ${counts} scores exactly one in ${task.classes} too.`;
}
