/** The commands that repeat the board, made from its own tasks, models, regimes and seeds. */
import type { TierBoard } from '../../../../leaderboards/board/schema.ts';
import { regimeOrder } from '../../../../leaderboards/board/schema.ts';

export const quickCommand = 'npm ci && npm run evaluate';

/** Runs every task, model, regime and seed on the board. */
export function boardCommand({ tier, tasks, rows }: TierBoard): string {
  const present = new Set(rows.map(({ regime }) => regime));
  const seeds = rows.flatMap(({ cells }) => cells.flatMap(({ seeds }) => seeds));
  const numbers = seeds.map(({ seed }) => seed).sort((a, b) => a - b);
  const list = (values: Iterable<string | number>) => [...new Set(values)].join(',');
  return [
    'npm run evaluate -- run',
    `--task ${list(tasks.map(({ name }) => name))}`,
    `--model ${list(rows.map(({ model }) => model).sort())}`,
    `--regime ${list(regimeOrder.filter((regime) => present.has(regime)))}`,
    `--seed ${list(numbers)}`,
    `--tier ${tier} --jobs 2`,
  ].join(' \\\n  ');
}
