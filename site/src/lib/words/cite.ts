/** How to cite the board, as BibTeX, from CITATION.cff. */
import cff from '../../../../CITATION.cff?raw';

const field = (name: string) => {
  const found = new RegExp(`^${name}: *'?(.*?)'?$`, 'm').exec(cff)?.[1];
  if (!found) throw new Error(`CITATION.cff has no ${name}, which the citation needs`);
  return found;
};

export function citation(benchmark: string): string {
  const authors = [...cff.matchAll(/^ +- name: (.*)$/gm)].map(([, name]) => `{${name}}`);
  return [
    '@software{reach_arena,',
    `  title   = {${field('title')}},`,
    `  author  = {${authors.join(' and ')}},`,
    `  version = {${field('version')}},`,
    `  year    = {${field('date-released').slice(0, 4)}},`,
    `  note    = {Leaderboard, benchmark ${benchmark}}`,
    '}',
  ].join('\n');
}
