import { board } from '../lib/data.ts';

export const GET = () => new Response(`${JSON.stringify(board)}\n`);
