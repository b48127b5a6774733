/** Every record, one a line, in the order of their files. */
import { records } from '../lib/data/data.ts';

export const GET = () =>
  new Response(records.map(({ record }) => `${JSON.stringify(record)}\n`).join(''));
