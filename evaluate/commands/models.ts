/** `npm run evaluate -- models` */
import { command } from '../../core/cli/command.ts';
import { flag, text, toggle } from '../../core/cli/flags.ts';
import { formatTable } from '../../core/terminal/table.ts';
import { modelRows } from '../../models/registry.ts';
import { shapeOf } from '../plan/spec.ts';
import { presetOf } from '../plan/tiers.ts';
import { tierKind } from './flags.ts';

export const models = command({
  name: 'npm run evaluate -- models',
  about:
    'Lists the models: family, year, direction, reach through all blocks, cost in the length L, parameters and state size for a task and tier, and the paper.',
  flags: {
    task: flag(text, { word: 'NAME', default: 'recall', help: 'task that the sizes are for' }),
    tier: flag(tierKind, { default: 'lite', help: 'smoke, lite or lra' }),
    json: toggle('the list as JSON'),
  },
  examples: ['', '--task text --tier lra'],
  async run({ task, tier, json }) {
    const shape = shapeOf(task, tier, {});
    const rows = modelRows(shape, presetOf(task, tier, shape.maskRatio).size);
    if (json) return console.log(JSON.stringify(rows, null, 2));
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
  },
});
