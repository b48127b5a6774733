/**
 * The files that others read: the board as JSON and CSV, every record as a line, and the JSON Schema
 * of a record. Pure: the same records give the same bytes. Runs of the tier `smoke` only show that
 * everything works, and stay out.
 */
import { z } from 'zod';
import { buildBoard } from './build.ts';
import { checkBoard } from './invariants.ts';
import { boardCsv } from './csv.ts';
import type { RecordFile } from '../records/read.ts';
import { recordSchema } from '../records/schema.ts';

export interface Export {
  name: 'leaderboard.json' | 'leaderboard.csv' | 'runs.jsonl' | 'record.schema.json';
  text: string;
}

/**
 * @param files in the order of their paths
 * @throws DataError if the board breaks a certificate or has a number out of its range
 */
export function exportsOf(files: readonly RecordFile[]): Export[] {
  const shown = files.filter(({ record }) => record.spec.tier !== 'smoke');
  const board = buildBoard(shown);
  checkBoard(board);
  return [
    { name: 'leaderboard.json', text: `${JSON.stringify(board, null, 1)}\n` },
    { name: 'leaderboard.csv', text: boardCsv(board) },
    {
      name: 'runs.jsonl',
      text: shown.map(({ record }) => `${JSON.stringify(record)}\n`).join(''),
    },
    {
      name: 'record.schema.json',
      text: `${JSON.stringify(z.toJSONSchema(recordSchema), null, 1)}\n`,
    },
  ];
}
