/** `npm run evaluate -- models` */
import { tierSchema } from '../../core/vocabulary.ts';
import { parseArgs } from 'node:util';
import { modelRows } from '../../models/registry.ts';
import { parseList } from './flags.ts';
import { presetOf } from '../plan/tiers.ts';
import { shapeOf } from '../plan/spec.ts';
import { formatTable } from '../../core/terminal/table.ts';
import type { Command } from './command.ts';

export const models: Command = {
  help: `Lists the models: family, year, direction, reach through all blocks, cost in the length L,
parameters and state size for a task and tier, and the paper.

  npm run evaluate -- models [--task recall] [--tier lite] [--json]`,

  async run(args) {
    const { values } = parseArgs({
      args,
      options: {
        task: { type: 'string', default: 'recall' },
        tier: { type: 'string', default: 'lite' },
        json: { type: 'boolean' },
      },
    });
    const [tier] = parseList(values.tier, '--tier', tierSchema);
    const shape = shapeOf(values.task, tier!, {});
    const rows = modelRows(shape, presetOf(values.task, tier!, shape.maskRatio).size);
    if (values.json) {
      console.log(JSON.stringify(rows, null, 2));
      return 0;
    }
    const reach = (tokens: number) => (Number.isFinite(tokens) ? String(tokens) : 'all');
    console.log(
      formatTable(
        [
          { title: 'model', cell: (row) => row.name },
          { title: 'family', cell: (row) => row.family },
          { title: 'year', cell: (row) => String(row.year) },
          { title: 'direction', cell: (row) => row.direction },
          { title: 'reach', cell: (row) => reach(row.reach), align: 'right' },
          { title: 'cost', cell: (row) => row.cost },
          { title: 'parameters', cell: (row) => String(row.parameters), align: 'right' },
          { title: 'state', cell: (row) => String(row.stateSize), align: 'right' },
          { title: 'paper', cell: (row) => row.paper.url },
        ],
        rows,
      ),
    );
    return 0;
  },
};
