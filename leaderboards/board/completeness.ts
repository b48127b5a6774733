/**
 * How complete a board is: of each task and regime the models and seeds that ran, the runs that did
 * not end well, and the time it took, so that nobody has to guess what a table leaves out.
 */
import { type Regime, boardRegimes } from '../../core/vocabulary.ts';
import type { TierBoard } from './schema.ts';
import type { RunRecord } from '../records/schema.ts';

/** Runs, and their wall-clock seconds, each on threads of its own. */
export interface Work {
  runs: number;
  seconds: number;
}

export interface RegimeCompleteness {
  regime: Regime;
  /** Models that ran, options told apart. */
  models: number;
  /** Fewest and most seeds of one of them; null where nothing ran. */
  seeds: [number, number] | null;
}

export interface Completeness {
  /** In the order of the board. */
  tasks: (Work & { task: string; title: string; regimes: RegimeCompleteness[] })[];
  /** Engine and device as the records name them; most runs first. */
  devices: (Work & { device: string })[];
  /** Runs that ended otherwise than done. */
  diverged: number;
  failed: number;
  total: Work;
}

/** @param all records that the board was built from, among others */
export function completenessOf(
  { tasks, rows }: TierBoard,
  all: readonly RunRecord[],
): Completeness {
  const ids = new Set(
    rows.flatMap(({ cells }) => cells.flatMap(({ seeds }) => seeds.map(({ id }) => id))),
  );
  const records = all.filter(({ id }) => ids.has(id));
  const ended = (status: RunRecord['status']) =>
    records.filter((record) => record.status === status).length;
  const byDevice = Map.groupBy(records, ({ provenance }) =>
    [provenance.engine, provenance.device].join(', '),
  );
  return {
    tasks: tasks.map(({ name, title }, i) => ({
      task: name,
      title,
      regimes: boardRegimes.map((regime): RegimeCompleteness => {
        const seeds = rows
          .filter((row) => row.regime === regime && row.cells[i]!.seeds.length > 0)
          .map(({ cells }) => cells[i]!.seeds.length);
        return {
          regime,
          models: seeds.length,
          seeds: seeds.length === 0 ? null : [Math.min(...seeds), Math.max(...seeds)],
        };
      }),
      ...workOf(records.filter(({ spec }) => spec.task === name)),
    })),
    devices: [...byDevice]
      .map(([device, of]) => ({ device, ...workOf(of) }))
      .toSorted((a, b) => b.runs - a.runs || (a.device < b.device ? -1 : 1)),
    diverged: ended('diverged'),
    failed: ended('failed'),
    total: workOf(records),
  };
}

function workOf(records: readonly RunRecord[]): Work {
  const seconds = records.reduce((sum, { timing }) => sum + timing.seconds, 0);
  return { runs: records.length, seconds };
}

/** `14 × 1–3`: models and seeds of each; a dash where nothing ran. */
export function completenessText({ models, seeds }: RegimeCompleteness): string {
  if (!seeds) return '–';
  const [fewest, most] = seeds;
  return `${models} × ${fewest === most ? most : `${fewest}–${most}`}`;
}
