import type { APIRoute } from 'astro';
import { board, records } from '../lib/data.ts';
import { atomFeed } from '../lib/feed.ts';
import { href } from '../lib/href.ts';

export const GET: APIRoute = ({ site }) => {
  const address = (path: string) => {
    const local = href(path as `/${string}`);
    return site ? new URL(local, site).href : local;
  };
  return new Response(atomFeed(records, board.asOf, address));
};
