/** What a template says of itself may not stay in a submission that was made from it. */
import { readFileSync, realpathSync } from 'node:fs';
import { sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Submission } from '../../leaderboards/records/submission.ts';
import { descriptionFile } from './description.ts';
import { SubmissionError, shown } from './errors.ts';

const examples = fileURLToPath(new URL('../../leaderboards/examples/', import.meta.url));
const kinds = ['architecture', 'model', 'predictions'] as const;

/**
 * @param dir of the submission; the templates themselves may be tried where they are
 * @throws SubmissionError naming the field that is still the template's
 */
export function refuseLeftovers(dir: string, submission: Submission): void {
  if (`${realpathSync(dir)}${sep}`.startsWith(realpathSync(examples) + sep)) return;
  for (const kind of kinds) {
    const template = JSON.parse(
      readFileSync(`${examples}${kind}/${descriptionFile}`, 'utf8'),
    ) as Submission;
    const left = leftover(submission, template);
    if (left)
      throw new SubmissionError(
        descriptionFile,
        `field ${left.field}`,
        `is ${shown(left.value)}, as in the template for ${kind}, expected your own`,
      );
  }
}

interface Leftover {
  field: string;
  value: unknown;
}

function leftover(submission: Submission, template: Submission): Leftover | undefined {
  for (const field of ['name', 'title', 'code'] as const)
    if (submission[field] !== undefined && submission[field] === template[field])
      return { field, value: submission[field] };
  const author = submission.authors.findIndex((name) => template.authors.includes(name));
  if (author >= 0) return { field: `authors[${author}]`, value: submission.authors[author] };
  if (submission.kind === 'architecture' || template.kind === 'architecture') return undefined;
  // Numbers of the template's data are right for that data, and for no other.
  const own = new Set(template.results.map(({ task, tier }) => `${task} ${tier}`));
  const others = submission.results.filter(({ task, tier }) => !own.has(`${task} ${tier}`));
  if (others.length === submission.results.length && submission.stateSize === template.stateSize)
    return { field: 'stateSize', value: submission.stateSize };
  const budgets = new Set(template.results.map(({ budget }) => budget.train));
  const result = submission.results.findIndex(
    (result) => others.includes(result) && budgets.has(result.budget.train),
  );
  return result < 0
    ? undefined
    : {
        field: `results[${result}].budget.train`,
        value: submission.results[result]!.budget.train,
      };
}
