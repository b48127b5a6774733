/** Templates may be tried where they are; what is left of one in another folder is refused by name. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import { refuseLeftovers } from '../../../evaluate/submissions/leftovers.ts';
import type { Submission } from '../../../leaderboards/records/submission.ts';

const examples = fileURLToPath(new URL('../../../leaderboards/examples/', import.meta.url));
const root = mkdtempSync(join(tmpdir(), 'reach-leftovers-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const template = JSON.parse(
  readFileSync(join(examples, 'model/submission.json'), 'utf8'),
) as Extract<Submission, { kind: 'model' }>;
const own = { ...template, name: 'my-own', title: 'My own', authors: ['Somebody'] };
delete (own as Partial<typeof own>).code;
const refusal = (changes: Partial<typeof own>): string => {
  try {
    refuseLeftovers(root, { ...own, ...changes });
    return 'accepted';
  } catch (error) {
    return (error as Error).message;
  }
};

it('accepts the templates in their folder and in no other', () => {
  for (const kind of ['architecture', 'model', 'predictions']) {
    const dir = join(examples, kind);
    const submission = JSON.parse(readFileSync(join(dir, 'submission.json'), 'utf8')) as Submission;
    refuseLeftovers(dir, submission);
    const copy = join(root, kind);
    cpSync(dir, copy, { recursive: true });
    writeFileSync(join(copy, 'README.md'), 'mine');
    expect(() => refuseLeftovers(copy, submission)).toThrow('expected your own');
  }
});

it('names the field that is left', () => {
  expect(refusal({})).toBe('accepted');
  expect(refusal({ title: template.title })).toBe(
    `submission.json: field title is "${template.title}", as in the template for model, expected your own.`,
  );
  expect(refusal({ authors: ['Somebody', template.authors[0]!] })).toContain('field authors[1] is');
  expect(refusal({ code: template.code })).toContain('field code is');
  const elsewhere = own.results.map((result) => ({ ...result, tier: 'lite' as const }));
  expect(refusal({ results: elsewhere })).toContain('field stateSize is');
  expect(refusal({ results: elsewhere, stateSize: 1 })).toContain(
    'field results[0].budget.train is',
  );
  const other = elsewhere.map((result) => ({ ...result, budget: { pretrain: 0, train: 7 } }));
  expect(refusal({ results: other, stateSize: 1 })).toBe('accepted');
});
