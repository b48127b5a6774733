import { boardCsv } from '../../../leaderboards/board/csv.ts';
import { board } from '../lib/data/data.ts';

export const GET = () => new Response(boardCsv(board));
