/** The records and the board of this build, read once. */
import type { Board, TierBoard } from '../../../leaderboards/board.ts';
import { buildBoard } from '../../../leaderboards/build.ts';
import { readRecords, type RecordFile } from '../../../leaderboards/read.ts';
import { chooseTier } from './view.ts';

// astro.config.ts always sets the folder.
export const records: RecordFile[] = readRecords(process.env.REACH_RECORDS!);
export const board: Board = buildBoard(records);
/** The tier that the pages show; null without records. */
export const shownTier: TierBoard | null = chooseTier(board, process.env.REACH_TIER);
