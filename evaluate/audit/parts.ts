/** The parts of an audit, each of which can be renewed alone. */
export const parts = ['ladder', 'profile', 'overlaps'] as const;
export type Part = (typeof parts)[number];
