/** The state of a leaderboard as short query parameters: what is at its default is left out. */
export interface View {
  /** Part of a name; empty for all. */
  search: string;
  /** Families that are shown; empty for all. */
  families: string[];
  /** Cost in the length that is shown, or `!` and the one that is not; empty for all. */
  cost: string;
  /** Column, by id; null for the board's own order. */
  sort: string | null;
  /** Whether the worst comes first. */
  reversed: boolean;
  /** Whether the columns shown on demand are. */
  more: boolean;
  /** Keys of rows chosen for comparison, in the order in which they were pinned. */
  pins: string[];
}

/** Rows that can be pinned, and compared. */
export const mostPins = 4;

export function parseView(query: string): View {
  const params = new URLSearchParams(query);
  const all = (name: string) => [...new Set(params.getAll(name))].filter((value) => value !== '');
  const sort = params.get('sort') || null;
  return {
    search: params.get('q') ?? '',
    families: all('family'),
    cost: params.get('cost') ?? '',
    sort: sort?.replace(/^-/, '') || null,
    reversed: /^-./.test(sort ?? ''),
    more: params.get('more') === '1',
    pins: all('pin').slice(0, mostPins),
  };
}

/** With its question mark; empty where all is at its default. */
export function viewQuery(view: View): string {
  const params = new URLSearchParams();
  if (view.search) params.set('q', view.search);
  for (const family of view.families) params.append('family', family);
  if (view.cost) params.set('cost', view.cost);
  if (view.sort !== null) params.set('sort', `${view.reversed ? '-' : ''}${view.sort}`);
  if (view.more) params.set('more', '1');
  for (const pin of view.pins) params.append('pin', pin);
  const query = params.toString();
  return query && `?${query}`;
}

/** Whether a row is shown: by its name, family and cost in the length. */
export function isShown(
  { search, families, cost }: Pick<View, 'search' | 'families' | 'cost'>,
  row: { name: string; family: string; cost: string },
): boolean {
  if (!row.name.toLowerCase().includes(search.trim().toLowerCase())) return false;
  if (families.length > 0 && !families.includes(row.family)) return false;
  if (cost === '') return true;
  return cost.startsWith('!') ? row.cost !== cost.slice(1) : row.cost === cost;
}
