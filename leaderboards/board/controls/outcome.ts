/** What became of a control: its figures beside what is wanted, the cells they are from, what is missing. */
import type { Interval } from '../../statistics/groups.ts';
import type { Control } from './list.ts';

export type Verdict = 'passed' | 'failed' | 'not tested here';

export interface Figure {
  /** Of what, such as `Transformer (rotary), scratch, recall at 64, seed 2`. */
  about: string;
  value: number;
  interval: Interval | null;
  /** In words, such as `at least 0.95`. */
  wanted: string;
  holds: boolean;
}

export interface Outcome {
  control: Control;
  verdict: Verdict;
  figures: Figure[];
  /** Cells or audits that the figures are from. */
  cells: string[];
  /** Runs or audits that it needs and does not have; empty if it is fully tested. */
  missing: string[];
}

/** What a test of a control found. */
export type Found = Omit<Outcome, 'control' | 'verdict'>;

export const nothingFound = (...missing: string[]): Found => ({ figures: [], cells: [], missing });

/** One figure that does not hold fails a control; it passes if all hold and nothing is missing. */
export function conclude(control: Control, { figures, cells, missing }: Found): Outcome {
  const verdict = figures.some(({ holds }) => !holds)
    ? 'failed'
    : figures.length === 0 || missing.length > 0
      ? 'not tested here'
      : 'passed';
  const unique = (words: readonly string[]) => [...new Set(words)];
  return { control, verdict, figures, cells: unique(cells), missing: unique(missing) };
}

/** Everything that several parts found. */
export function together(parts: readonly Found[]): Found {
  return {
    figures: parts.flatMap(({ figures }) => figures),
    cells: parts.flatMap(({ cells }) => cells),
    missing: parts.flatMap(({ missing }) => missing),
  };
}
