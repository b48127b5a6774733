/** What was predicted of the studies before their runs, from `leaderboards/pilots/predictions.md`. */

export interface Prediction {
  study: string;
  prediction: string;
  sure: string;
  /** Empty until the runs are there. */
  cameTrue: string;
}

const files: Record<string, string> = import.meta.glob(
  '../../../../leaderboards/pilots/predictions.md',
  { query: '?raw', import: 'default', eager: true },
);

export const predictions: Prediction[] = Object.values(files).flatMap(parsePredictions);

/** The rows of the table whose first column is `study`. */
export function parsePredictions(markdown: string): Prediction[] {
  const lines = markdown.split('\n');
  const head = lines.findIndex((line) => /^\|\s*study\s*\|/.test(line));
  if (head === -1) return [];
  const rows = lines.slice(head + 2);
  const end = rows.findIndex((line) => !line.startsWith('|'));
  return rows.slice(0, end === -1 ? undefined : end).map((line) => {
    const [study = '', prediction = '', sure = '', cameTrue = ''] = line
      .split('|')
      .slice(1, -1)
      .map((text) => text.trim());
    return { study, prediction, sure, cameTrue };
  });
}
