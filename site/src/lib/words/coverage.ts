/** How much of a board has been run, in one plain sentence, so that few records are not taken for all. */
import type { Regime, TaskKind } from '../../../../core/vocabulary.ts';
import type { TierBoard } from '../../../../leaderboards/board/schema.ts';
import type { Leaders } from '../leaders/view.ts';
import { counted, listed } from './format.ts';

/** What the benchmark has, whether it ran or not. */
export interface Planned {
  models: readonly string[];
  tasks: readonly { name: string; title: string; kind: TaskKind }[];
}

/** @param leaders of this board under one regime */
export function coverageWords(tier: TierBoard, leaders: Leaders, planned: Planned): string {
  const [finished, unfinished, lost] = leaders.sections.map(({ rows }) => rows.length) as [
    number,
    number,
    number,
  ];
  const rows = leaders.sections.flatMap(({ rows }) => rows);
  const ran = new Set(rows.map(({ row }) => row.model));
  const absent = planned.models.filter((name) => !ran.has(name)).length;
  const where = leaders.task ? leaders.task.title : tasksOf(tier);
  const clauses = [
    `${finished} of ${counted(rows.length, 'model')} ${finished === 1 ? 'has' : 'have'} finished ${where} (${leaders.regime})`,
    ...(unfinished > 0 ? [`${unfinished} ${unfinished === 1 ? 'is' : 'are'} unfinished`] : []),
    ...(lost > 0 ? [`${lost} did not train`] : []),
    ...(absent > 0
      ? [`${counted(absent, 'model')} ${absent === 1 ? 'has' : 'have'} no run yet`]
      : []),
    ...(leaders.task ? [] : missingTasks(tier, leaders.regime, planned)),
  ];
  return `${listed(clauses)}.`;
}

function tasksOf({ tasks }: TierBoard): string {
  const controlled = tasks.filter(({ kind }) => kind === 'controlled');
  if (controlled.length === 0) return `all of ${counted(tasks.length, 'standard task')}`;
  return controlled.length === 1
    ? controlled[0]!.title
    : `all ${controlled.length} controlled tasks`;
}

/** The controlled tasks without any run under a regime. */
function missingTasks(tier: TierBoard, regime: Regime, { tasks }: Planned): string[] {
  const rows = tier.rows.filter((row) => row.regime === regime);
  const has = (name: string) => {
    const index = tier.tasks.findIndex((task) => task.name === name);
    return index >= 0 && rows.some(({ cells }) => cells[index]!.state !== 'missing');
  };
  const controlled = tasks.filter(({ kind }) => kind === 'controlled');
  const missing = controlled.filter(({ name }) => !has(name));
  if (missing.length === 0) return [];
  if (missing.length > 2)
    return [`${missing.length} of ${controlled.length} controlled tasks have no run yet`];
  return [`no model has run on ${listed(missing.map(({ title }) => title))} yet`];
}
