/**
 * The five rows of the board that the README shows: furthest, most use far away, cheapest to learn, a
 * model that provably cannot, and one that did not train; with coverage in a sentence.
 */
import { tasks } from '../../generators/index.ts';
import type { TierBoard } from '../../leaderboards/board/schema.ts';
import type { Audit } from '../../leaderboards/records/audit.ts';
import type { RecordFile } from '../../leaderboards/records/read.ts';
import { mixers } from '../../models/registry.ts';
import type { LeaderCell } from '../src/lib/leaders/cells.ts';
import type { Sources } from '../src/lib/leaders/columns.ts';
import { floorLevelsIn } from '../src/lib/leaders/floor.ts';
import { leadersOf, type LeaderRow, type Leaders } from '../src/lib/leaders/view.ts';
import { provenanceOf } from '../src/lib/tables/provenance.ts';
import { viewRegime } from '../src/lib/tables/view.ts';
import { coverageWords } from '../src/lib/words/coverage.ts';
import { versionNote } from '../src/lib/words/versions.ts';

const start = '<!-- board: written by npm run figures -->';
const end = '<!-- /board -->';

/** The block between the marks of a README, as Markdown. */
export function boardBlock(
  tier: TierBoard,
  records: readonly RecordFile[],
  audits: readonly Audit[],
): string {
  const byId = new Map(records.map((file) => [file.record.id, file]));
  const sources: Sources = {
    floor: (task) => floorLevelsIn(audits, tier, task),
    provenance: ({ cells }) =>
      provenanceOf(cells.flatMap(({ seeds }) => seeds.flatMap(({ id }) => byId.get(id) ?? []))),
    cost: () => null,
  };
  const leaders = leadersOf(tier, viewRegime(tier), null, sources);
  const isArchive = versionNote(tier.benchmark) !== null;
  const planned = isArchive
    ? { models: [], tasks: [] }
    : { models: mixers.map(({ name }) => name), tasks };
  return [
    `_Benchmark ${tier.benchmark}, tier ${tier.tier}: ${coverageWords(tier, leaders, planned)}${isArchive ? ' Its controlled tasks could be answered without reading the question: see [Measured](#measured).' : ''}_`,
    '',
    '|  | model | reach, % of range | use far | learning cost |',
    '| --- | --- | --- | --- | --- |',
    ...chosen(leaders).map(([what, row]) => {
      const cells = ['reach', 'far', 'cost'].map((id) => cellText(cellOf(leaders, row, id)));
      return `| ${[what, row.row.label, ...cells].join(' | ')} |`;
    }),
  ].join('\n');
}

const cellOf = ({ columns }: Leaders, { cells }: LeaderRow, id: string) =>
  cells[columns.findIndex((column) => column.id === id)];

/** `83.1 (79.0–87.0)`. */
function cellText(cell: LeaderCell | undefined): string {
  if (!cell || cell.sort === null) return '–';
  return cell.detail ? `${cell.text} (${cell.detail})` : cell.text;
}

/** At most five rows, each with why it is shown; a model stands once. */
function chosen(leaders: Leaders): [string, LeaderRow][] {
  const [finished, , lost] = leaders.sections.map(({ rows }) => rows);
  const sortOf = (row: LeaderRow, id: string) => cellOf(leaders, row, id)?.sort ?? null;
  const best = (id: string, sign: 1 | -1) =>
    finished!
      .filter((row) => sortOf(row, id) !== null && !cellOf(leaders, row, id)?.isPart)
      .toSorted((a, b) => sign * (sortOf(b, id)! - sortOf(a, id)!))[0];
  const bound = finished!.find(({ row }) =>
    row.cells.some(({ certifiedLimit, limitHolds }) => certifiedLimit !== null && limitHolds),
  );
  const wanted: [string, LeaderRow | undefined][] = [
    ['furthest reach', best('reach', 1)],
    ['most use far away', best('far', 1)],
    ['cheapest to learn', best('cost', -1)],
    ['provably short-sighted', bound],
    ['did not train', lost![0]],
  ];
  const rows: [string, LeaderRow][] = [];
  for (const [what, row] of wanted) {
    if (!row) continue;
    const known = rows.find(([, other]) => other === row);
    if (known) known[0] += `, ${what}`;
    else rows.push([what, row]);
  }
  return rows;
}

/** @throws Error if the README lacks the marks */
export function withBlock(readme: string, block: string): string {
  const [from, to] = [readme.indexOf(start), readme.indexOf(end)];
  if (from === -1 || to < from)
    throw new Error(
      `README.md has no place for the board: expected a line ${start} and one ${end}`,
    );
  return `${readme.slice(0, from)}${start}\n\n${block}\n\n${readme.slice(to)}`;
}
