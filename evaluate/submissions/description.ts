/** Reads submission.json: the schema, and what it cannot say (known tasks, names that are free). */
import type { z } from 'zod';
import { tasks } from '../../generators/registry.ts';
import { displayName } from '../../leaderboards/records/names.ts';
import { submissionSchema, type Submission } from '../../leaderboards/records/submission.ts';
import { tuningSeed } from '../../leaderboards/records/tuning.ts';
import { mixers } from '../../models/registry.ts';
import { benchmarkVersion } from '../plan/spec.ts';
import { SubmissionError, shown } from './errors.ts';
import { textOf } from './folder.ts';

export const descriptionFile = 'submission.json';
export const mostDescriptionBytes = 65_536;

/** @throws SubmissionError naming the field and what was expected there */
export function parseDescription(bytes: Uint8Array): Submission {
  const text = textOf(bytes, descriptionFile);
  let data: unknown;
  try {
    data = JSON.parse(text, (key, value: unknown) => {
      if (key !== '__proto__' && key !== 'constructor' && key !== 'prototype') return value;
      throw wrong(`field ${key}`, 'is not a field of submissions, expected none of that name');
    });
  } catch (error) {
    if (error instanceof SubmissionError) throw error;
    throw wrong('the text', 'is not JSON');
  }
  const parsed = submissionSchema.safeParse(data);
  if (!parsed.success) throw wrongField(parsed.error, data);
  const contradiction = findContradiction(parsed.data);
  if (contradiction) throw wrong(...contradiction);
  return parsed.data;
}

const wrong = (field: string, problem: string) =>
  new SubmissionError(descriptionFile, field, problem);

function wrongField(error: z.ZodError, data: unknown): SubmissionError {
  const issue = error.issues[0]!;
  if (issue.code === 'unrecognized_keys') {
    const field = pathOf([...issue.path, issue.keys[0]!]);
    return wrong(field, 'is not a field of this kind of submission, expected none of that name');
  }
  if (
    issue.code === 'invalid_union' &&
    issue.path.length <= 1 &&
    pathOf(issue.path) !== 'field results'
  )
    return wrong(
      'field kind',
      `is ${shown(valueAt(data, ['kind']))}, expected architecture, model or predictions`,
    );
  const message = issue.message.replace(/^[^:]*: (?=expected)/, '');
  const expected = message.startsWith('expected')
    ? message
    : `expected another value (${displayName(message, 80)})`;
  return wrong(pathOf(issue.path), `is ${shown(valueAt(data, issue.path))}, ${expected}`);
}

/** `results[0].seed`, with names from strangers cut. */
function pathOf(path: readonly PropertyKey[]): string {
  const text = path
    .map((key) =>
      typeof key === 'number' ? `[${key}]` : `.${displayName(String(key).slice(0, 400))}`,
    )
    .join('');
  return text === '' ? 'the whole' : `field ${text.replace(/^\./, '')}`;
}

function valueAt(data: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      value !== null && typeof value === 'object' && Object.hasOwn(value, key)
        ? (value as Record<PropertyKey, unknown>)[key]
        : undefined,
    data,
  );
}

function findContradiction(submission: Submission): [field: string, problem: string] | undefined {
  const { benchmark, name } = submission;
  if (benchmark !== benchmarkVersion)
    return [
      'field benchmark',
      `is ${shown(benchmark)}, expected "${benchmarkVersion}": other versions have other data`,
    ];
  if (mixers.some((mixer) => mixer.name === name))
    return ['field name', `is ${shown(name)}, expected a name that no model of this package has`];
  if (submission.kind === 'architecture') {
    for (const [i, task] of submission.tasks.entries())
      if (!isTask(task)) return [`field tasks[${i}]`, unknownTask(task)];
    const kept = submission.seeds.indexOf(tuningSeed);
    if (kept >= 0)
      return [
        `field seeds[${kept}]`,
        `is ${tuningSeed}, which the tuning stage has, expected another`,
      ];
    for (const field of ['tasks', 'seeds'] as const) {
      const i = repeated(submission[field].map(String));
      if (i !== undefined) return [`field ${field}[${i}]`, 'stands there twice, expected it once'];
    }
    return undefined;
  }
  for (const [i, { task, regime, budget }] of submission.results.entries()) {
    const field = `field results[${i}]`;
    if (!isTask(task)) return [`${field}.task`, unknownTask(task)];
    if ((regime === 'spt') !== budget.pretrain > 0)
      return [
        `${field}.budget.pretrain`,
        `is ${budget.pretrain}, expected ${regime === 'spt' ? 'more than 0' : '0'} under the regime ${regime}`,
      ];
    if (budget.train === 0) return [`${field}.budget.train`, 'is 0, expected more'];
  }
  const runs = submission.results.map(
    ({ task, tier, regime, seed }) => `${task} ${tier} ${regime} ${seed}`,
  );
  const run = repeated(runs);
  return run === undefined
    ? undefined
    : [
        `field results[${run}]`,
        'is of the same task, tier, regime and seed as an earlier one, expected another',
      ];
}

const isTask = (name: string) => tasks.some((task) => task.name === name);
const unknownTask = (name: string) =>
  `is ${shown(name)}, expected one of ${tasks.map((task) => task.name).join(', ')}`;

/** Position of the first text that stood before. */
function repeated(texts: readonly string[]): number | undefined {
  const at = texts.findIndex((text, i) => texts.indexOf(text) < i);
  return at < 0 ? undefined : at;
}
