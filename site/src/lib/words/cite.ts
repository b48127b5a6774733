/** How to cite the board, as BibTeX, from CITATION.cff. */
import { parse } from 'yaml';
import { z } from 'zod';
import cff from '../../../../CITATION.cff?raw';

const citationSchema = z.object({
  title: z.string(),
  authors: z.array(z.object({ name: z.string() })).min(1),
  version: z.string(),
  'date-released': z.string().regex(/^\d{4}-\d{2}-\d{2}$/),
});

/** @throws ZodError if CITATION.cff lacks what a citation needs */
export function citation(benchmark: string): string {
  const { title, authors, version, ...rest } = citationSchema.parse(parse(cff));
  return [
    '@software{reach_arena,',
    `  title   = {${title}},`,
    `  author  = {${authors.map(({ name }) => `{${name}}`).join(' and ')}},`,
    `  version = {${version}},`,
    `  year    = {${rest['date-released'].slice(0, 4)}},`,
    `  note    = {Leaderboard, benchmark ${benchmark}}`,
    '}',
  ].join('\n');
}
