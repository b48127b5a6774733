/** The commands that repeat the board, made from its own tasks, models, regimes and seeds. */
import type { Row, TierBoard } from '../../../../leaderboards/board/schema.ts';
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

/** Repeats every run of a row on some tasks. */
export function rowCommand(
  tier: Pick<TierBoard, 'tier'>,
  { model, options, regime }: Pick<Row, 'model' | 'options' | 'regime'>,
  tasks: readonly string[],
  seeds: readonly number[],
): string {
  const settings = Object.entries(options).map(([name, value]) => `:${name}=${String(value)}`);
  const distinct = [...new Set(seeds)].sort((a, b) => a - b);
  return [
    'npm run evaluate -- run',
    `--task ${tasks.join(',')}`,
    `--model ${model}${settings.join('')}`,
    `--regime ${regime}`,
    `--seed ${distinct.join(',')}`,
    `--tier ${tier.tier}`,
  ].join(' ');
}
