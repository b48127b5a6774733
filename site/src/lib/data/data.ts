/** The records and the board of this build, read once. */
import type { Board, Row, TierBoard } from '../../../../leaderboards/board/schema.ts';
import { assembleTier, buildBoard, type Assembled } from '../../../../leaderboards/board/build.ts';
import { checkBoard } from '../../../../leaderboards/board/invariants.ts';
import { readRecords, type RecordFile } from '../../../../leaderboards/records/read.ts';
import { chooseTier } from '../tables/view.ts';

// astro.config.ts always sets the folder.
export const records: RecordFile[] = readRecords(process.env.REACH_RECORDS!);
export const board: Board = buildBoard(records);
checkBoard(board);
/** The tier that the pages show; null without records. */
export const shownTier: TierBoard | null = chooseTier(board, process.env.REACH_TIER);

/** The records of the shown tier, at its version of the benchmark. */
export const shownRecords: RecordFile[] = records.filter(
  ({ record: { spec } }) => spec.tier === shownTier?.tier && spec.benchmark === shownTier.benchmark,
);

/** Records by id; of several with one id, the first by file. */
export const recordOf: ReadonlyMap<string, RecordFile> = new Map(
  records.toReversed().map((entry) => [entry.record.id, entry]),
);

/** The records behind a row, in the order of its cells. */
export function recordsOf({ cells }: Row): RecordFile[] {
  return cells.flatMap(({ seeds }) => seeds.flatMap(({ id }) => recordOf.get(id) ?? []));
}

const assembled = new Map<TierBoard, Assembled>();

/** A board with the observations behind its cells, for comparisons. */
export function assembledOf(tier: TierBoard): Assembled {
  const known =
    assembled.get(tier) ??
    assembleTier(
      records.filter(
        ({ record: { spec } }) => spec.tier === tier.tier && spec.benchmark === tier.benchmark,
      ),
    );
  assembled.set(tier, known);
  return known;
}
