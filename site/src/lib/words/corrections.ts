/** What was put right on a published board, newest first: for the feed. The changelog has the same. */

export interface Correction {
  /** Stays as it is: readers of the feed know the entry by it. */
  id: string;
  /** ISO date and time. */
  date: string;
  title: string;
  summary: string;
}

export const corrections: readonly Correction[] = [
  {
    id: 'reach-1.0',
    date: '2026-11-30T14:00:00.000Z',
    title: 'Correction of board 1.0: reach',
    summary:
      'The board gave a reach to 153 cells: 10 of them are exactly at chance, and 16 lay above a certified limit. ' +
      'Reach, locality and use far away are now of the seeds that solved the smallest distance (half of the way from chance), ' +
      'if these are at least half, and no reach exceeds a certified limit: 98 cells have one, 18 of them of a part of their seeds. ' +
      'The records are unchanged.',
  },
];
