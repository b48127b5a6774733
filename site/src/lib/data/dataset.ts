/** The board as a schema.org Dataset, for search engines. */
import type { Board } from '../../../../leaderboards/board/schema.ts';

/** @param address of a path of the site; absolute where the site's own address is known */
export function datasetJsonLd(
  board: Board,
  version: string,
  description: string,
  address: (path: string) => string,
): string {
  const download = (path: string, encodingFormat: string) => ({
    '@type': 'DataDownload',
    encodingFormat,
    contentUrl: address(path),
  });
  const dataset = {
    '@context': 'https://schema.org',
    '@type': 'Dataset',
    name: 'Reach Arena leaderboard',
    description,
    url: address('/'),
    version,
    license: 'https://www.apache.org/licenses/LICENSE-2.0',
    isAccessibleForFree: true,
    creator: { '@type': 'Organization', name: 'Reach Arena' },
    ...(board.asOf ? { dateModified: board.asOf.slice(0, 10) } : {}),
    variableMeasured: ['accuracy', 'reach', 'locality sensitivity'],
    distribution: [
      download('/leaderboard.json', 'application/json'),
      download('/leaderboard.csv', 'text/csv'),
      download('/runs.jsonl', 'application/jsonl'),
    ],
  };
  // A name in it must not be able to close the script element that holds it.
  return JSON.stringify(dataset).replaceAll('<', '\\u003c');
}
