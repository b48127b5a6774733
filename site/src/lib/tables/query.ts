/** The state of the leaderboard as short query parameters: what is at its default is left out. */
export interface View {
  /** Families, regimes and badges that are shown; empty for all. */
  families: string[];
  regimes: string[];
  checks: string[];
  /** The task whose results are shown; null for means over all. */
  task: string | null;
  /** Whether accuracy over the floor of shortcuts is shown. */
  floor: boolean;
  /** Column, by id; null for the board's own order. */
  sort: string | null;
  /** Whether the worst comes first. */
  reversed: boolean;
  /** Keys of rows that stay on top, in the order in which they were pinned. */
  pins: string[];
  /** Whether pinned rows are compared. */
  compare: boolean;
}

/** Rows that can be pinned, and compared. */
export const mostPins = 4;

export function parseView(query: string): View {
  const params = new URLSearchParams(query);
  const all = (name: string) => [...new Set(params.getAll(name))].filter((value) => value !== '');
  const sort = params.get('sort') || null;
  const pins = all('pin').slice(0, mostPins);
  return {
    families: all('family'),
    regimes: all('regime'),
    checks: all('check'),
    task: params.get('task') || null,
    floor: params.get('floor') === '1',
    sort: sort?.replace(/^-/, '') || null,
    reversed: /^-./.test(sort ?? ''),
    pins,
    compare: params.get('compare') === '1' && pins.length > 0,
  };
}

/** With its question mark; empty where all is at its default. */
export function viewQuery(view: View): string {
  const params = new URLSearchParams();
  for (const family of view.families) params.append('family', family);
  for (const regime of view.regimes) params.append('regime', regime);
  for (const check of view.checks) params.append('check', check);
  if (view.task !== null) params.set('task', view.task);
  if (view.floor) params.set('floor', '1');
  if (view.sort !== null) params.set('sort', `${view.reversed ? '-' : ''}${view.sort}`);
  for (const pin of view.pins) params.append('pin', pin);
  if (view.compare && view.pins.length > 0) params.set('compare', '1');
  const query = params.toString();
  return query && `?${query}`;
}
