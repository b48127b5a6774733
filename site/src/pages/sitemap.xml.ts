/** The pages that search engines should know; none where the site's own address is not known. */
import type { APIRoute } from 'astro';
import { studyNames } from '../../../evaluate/plan/studies.ts';
import { boards, viewNames, viewPath } from '../lib/data/boards.ts';
import { modelList } from '../lib/data/models.ts';
import { taskList } from '../lib/data/tasks.ts';
import { escapeHtml } from '../lib/words/html.ts';
import { href } from '../lib/words/href.ts';

export const GET: APIRoute = ({ site }) => {
  const paths: `/${string}`[] = [
    ...(['/', '/tasks/', '/models/', '/claims/', '/methodology/', '/limitations/'] as const),
    ...(['/submit/', '/protected/', '/changelog/', '/studies/'] as const),
    ...studyNames.map((name) => `/studies/${name}/` as const),
    ...boards.flatMap((tier) =>
      viewNames(tier).flatMap((view) =>
        [null, ...tier.tasks].map((task) => viewPath(tier, view, task)),
      ),
    ),
    ...taskList().map(({ name }) => `/tasks/${name}/` as const),
    ...modelList().map(({ name }) => `/models/${name}/` as const),
  ];
  const places = site ? paths.map((path) => new URL(href(path), site).href) : [];
  const entries = places.map((place) => `<url><loc>${escapeHtml(place)}</loc></url>\n`).join('');
  return new Response(
    `<?xml version="1.0" encoding="utf-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n${entries}</urlset>\n`,
  );
};
