/** Every record as a file of its own. */
import type { APIRoute } from 'astro';
import type { RunRecord } from '../../../../leaderboards/records/schema.ts';
import { recordOf } from '../../lib/data/data.ts';

export function getStaticPaths() {
  return [...recordOf].map(([run, { record }]) => ({ params: { run }, props: { record } }));
}

export const GET: APIRoute<{ record: RunRecord }> = ({ props }) =>
  new Response(`${JSON.stringify(props.record, null, 2)}\n`);
