/** What rounding alone did to runs: the same spec on another processor, and in parts of a batch. */
import { z } from 'zod';
import type { RunRecord } from '../../leaderboards/records/schema.ts';

const share = z.number().min(0).max(1);

export const roundingSchema = z.array(
  z.strictObject({
    /** Id of the record on the board. */
    record: z.string(),
    model: z.string(),
    /** Test accuracy on the board. */
    recorded: share,
    /** Test accuracy with whole batches, on another processor. */
    again: share,
    /** Test accuracy with the same gradients summed over so many parts of each batch. */
    parts: z.array(z.strictObject({ parts: z.int().min(2), accuracy: share })),
  }),
);
export type Rounding = z.infer<typeof roundingSchema>;

const rounded = (accuracy: number) => Number(accuracy.toFixed(4));

/**
 * @param board records of the board
 * @param again records of some of its runs, made again; those that are not of the board are left out
 */
export function roundingOf(board: readonly RunRecord[], again: readonly RunRecord[]): Rounding {
  const byId = Map.groupBy(again, ({ id }) => id);
  return board.flatMap(({ id, model, result }) => {
    const runs = (byId.get(id) ?? []).filter((run) => run.result !== undefined);
    const whole = runs.find(({ provenance }) => provenance.microBatch === undefined);
    if (!result || !whole) return [];
    const parts = runs.flatMap(({ provenance, spec, result: own }) => {
      const { microBatch } = provenance;
      if (microBatch === undefined) return [];
      return [{ parts: spec.protocol.batch / microBatch, accuracy: rounded(own!.test.accuracy) }];
    });
    return [
      {
        record: id,
        model: model.title,
        recorded: rounded(result.test.accuracy),
        again: rounded(whole.result!.test.accuracy),
        parts: parts.toSorted((a, b) => a.parts - b.parts),
      },
    ];
  });
}
