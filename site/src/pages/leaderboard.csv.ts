import { boardCsv } from '../../../leaderboards/csv.ts';
import { board } from '../lib/data.ts';

export const GET = () => new Response(boardCsv(board));
