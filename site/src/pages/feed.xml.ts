import type { APIRoute } from 'astro';
import { board, records } from '../lib/data/data.ts';
import { atomFeed } from '../lib/words/feed.ts';
import { href } from '../lib/words/href.ts';

export const GET: APIRoute = ({ site }) => {
  const address = (path: string) => {
    const local = href(path as `/${string}`);
    return site ? new URL(local, site).href : local;
  };
  return new Response(atomFeed(records, board.asOf, address));
};
