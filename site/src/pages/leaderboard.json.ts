import { board } from '../lib/data/data.ts';

export const GET = () => new Response(`${JSON.stringify(board)}\n`);
