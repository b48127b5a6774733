/** The drawn sibling groups of a task in full, for the trained models that the page runs on them. */
import type { APIRoute } from 'astro';
import { findDefinition, rawGroups, type RawGroup } from '../../lib/data/examples.ts';
import { taskList } from '../../lib/data/tasks.ts';
import { trainedOn } from '../../lib/data/trained.ts';

export interface TaskExamples {
  /** In words, by class. */
  answers: string[];
  groups: RawGroup[];
}

export const getStaticPaths = () =>
  taskList()
    .filter(({ name }) => trainedOn(name))
    .map(({ name }) => ({ params: { task: name } }));

export const GET: APIRoute = async ({ params }) => {
  const task = findDefinition(params.task!)!;
  const groups = (await rawGroups(task))!;
  const answers: string[] = [];
  for (const { label, answer } of groups.flatMap(({ siblings }) => siblings))
    answers[label] = answer;
  const examples: TaskExamples = { answers, groups };
  return new Response(JSON.stringify(examples));
};
