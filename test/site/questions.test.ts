/**
 * Questions that a researcher brings, each answered on a page that lies at most two clicks from the
 * home page. A page counts as an answer if it has the words looked for.
 */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { tasks } from '../../generators/registry.ts';
import { readAudits } from '../../leaderboards/records/audit.ts';
import { auditsIn } from '../../site/src/lib/leaders/floor.ts';
import { makeRecord, sampleRecords } from '../fixtures/records.ts';
import { buildSite, type Built } from './build.ts';
import { parse } from './pages.ts';

const lost = [1, 2, 3].map((seed) =>
  makeRecord({
    ...{ benchmark: '2.0', seed, model: 'hyena', title: 'Hyena', family: 'convolution' },
    ...{ outcome: 'did not train', near: 0.125 },
  }),
);
let built: Built;
beforeAll(async () => {
  built = await buildSite([...sampleRecords({ benchmark: '2.0' }), ...lost]);
});
afterAll(() => built?.remove());

/** A task whose data, as its tier has them now, were audited. */
const audits = readAudits(fileURLToPath(new URL('../../leaderboards/audits', import.meta.url)));
const audited = tasks.find(({ name }) => auditsIn(audits, name).length > 0)!;

const questions: [question: string, page: string, words: RegExp][] = [
  [
    'Which model without quadratic cost reaches furthest?',
    'leaderboard/scratch/recall/',
    /S4D.*L√L/,
  ],
  ['What did SPT do for S4D?', 'models/s4d/', /Self-pretraining adds \+\d/],
  ['How sure is that?', 'models/s4d/', /could have seen \d/],
  ['Which command repeats this cell?', 'models/s4d/scratch/', /--task recall --model s4d/],
  ['How does my model get on it?', 'submit/', /With PyTorch/],
  ['How was the learning rate chosen?', 'models/s4d/scratch/', /chosen on validation among/],
  ['What is the floor on this task?', `tasks/${audited.name}/`, /What shortcuts score/],
  ['Does anything exceed it?', 'leaderboard/', /the red tick is the strongest shortcut/],
  ['Is S4D better than the Transformer?', 'models/s4d/scratch/compare/', /Transformer.*behind on/],
  ['Slow learner or unable?', 'leaderboard/', /Learning cost.*Did not train: 1/],
  ['Which cells did not train?', 'leaderboard/', /Did not train: 1.*Hyena.*did not train: Recall/],
  ['What does it cost?', 'models/', /Cost in L.*Parameters.*State.*Time a run/],
  ['Does it hold for longer or larger?', 'limitations/', /Nothing was measured at 4,000 to 16,000/],
  ['Do places hold under tuned rates?', 'limitations/', /Whether places hold under a finer search/],
  ['Where are the certified data?', 'tasks/recall/', /generate -- recall .*sha256 of each split/],
  ['Is this the S4 of the papers?', 'limitations/', /they are not comparable with this board/],
];

/** Pages that links of these pages lead to. */
function next(pages: ReadonlySet<string>): Set<string> {
  const links = [...pages].flatMap((page) =>
    [...parse(built, `${page}index.html`).querySelectorAll('a[href]')].flatMap((a) => {
      const url = new URL(a.getAttribute('href')!, `http://site/${page}`);
      const path = decodeURIComponent(url.pathname).slice(1);
      const isPage = url.host === 'site' && (path === '' || path.endsWith('/'));
      return isPage && statSync(join(built.folder, path, 'index.html')) ? [path] : [];
    }),
  );
  return new Set(links);
}

it('are answered in at most two clicks', () => {
  const first = next(new Set(['']));
  const second = next(first);
  for (const [question, page, words] of questions) {
    expect(first.has(page) || second.has(page), `${question} ${page} is too far`).toBe(true);
    const text = parse(built, `${page}index.html`).body.textContent.replace(/\s+/g, ' ');
    expect(text, question).toMatch(words);
  }
  const near = questions.filter(([, page]) => first.has(page)).map(([question]) => question);
  console.log(`${near.length} of ${questions.length} in one click: ${near.join(' ')}`);
});
