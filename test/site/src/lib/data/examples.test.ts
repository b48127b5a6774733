import { describe, expect, it } from 'vitest';
import { findTask, tasks } from '../../../../../generators/index.ts';
import { certificateWords } from '../../../../../site/src/lib/words/certificate.ts';
import { drawTask, piecesHtml } from '../../../../../site/src/lib/data/examples.ts';

const controlled = tasks.filter(({ kind }) => kind === 'controlled');

describe('drawn examples', () => {
  it.each(controlled.map(({ name }) => name))(
    '%s: what a reach does not see differs between siblings exactly where the evidence is out of reach',
    async (name) => {
      const { groups, shape } = await drawTask(findTask(name));
      expect(groups.map(({ distance }) => distance)).toEqual(shape.distances);
      groups.forEach(({ siblings, beyond }, i) => {
        // The certificate: whoever reaches less than the distance sees no difference.
        expect(beyond).toBeGreaterThanOrEqual(i);
        const [a, b] = siblings;
        expect(a!.answer).not.toBe(b!.answer);
        if (shape.picture) {
          expect(a!.picture!.image).not.toBe(b!.picture!.image);
          expect(a!.picture!.evidence).not.toBeNull();
          return;
        }
        // Of reaches that see less than the distance, the siblings look the same.
        const seen = (drawn: typeof a, reach: number) =>
          drawn!.documents.map((pieces) =>
            pieces.filter(({ beyond }) => beyond <= reach).map(({ text }) => text),
          );
        for (let reach = 0; reach < beyond; reach++) expect(seen(a, reach)).toEqual(seen(b, reach));
        const all = shape.distances.length;
        expect(seen(a, all)).not.toEqual(seen(b, all));
        const evidence = a!.documents.flat().filter(({ kind }) => kind === 'evidence');
        expect(evidence.length).toBeGreaterThan(0);
        expect(Math.min(...evidence.map((piece) => piece.beyond))).toBe(beyond);
      });
    },
  );
  it('of a picture cover, with their veils, what lies farther back than a reach', async () => {
    const { groups, shape } = await drawTask(findTask('pathfinder-distance'));
    const { veils, columns } = groups[0]!.siblings[0]!.picture!;
    const area = (path: string) =>
      [...path.matchAll(/h(\d+)v(\d+)/g)].reduce((sum, [, w, h]) => sum + Number(w) * Number(h), 0);
    const covered = (reach: number) =>
      veils.filter(({ beyond }) => beyond > reach).reduce((sum, { path }) => sum + area(path), 0);
    expect(columns).toBe(shape.picture!.columns);
    shape.distances.forEach((distance, reach) => {
      expect(covered(reach)).toBe(shape.length - 1 - distance);
    });
  });
  it('as HTML hold the text as it is, escaped', () => {
    expect(
      piecesHtml([
        { text: 'a <b> ', kind: 'plain', beyond: 2 },
        { text: 'crud', kind: 'evidence', beyond: 2 },
        { text: 'e', kind: 'evidence', beyond: 1 },
        { text: 'key5 ', kind: 'question', beyond: 0 },
      ]),
    ).toBe(
      '<span class="piece-plain b2">a &lt;b&gt; </span><mark class="evidence b2">crud</mark><mark class="evidence b1">e</mark><mark class="question b0">key5</mark> ',
    );
  });
  it.each(tasks.filter(({ kind }) => kind === 'standard').map(({ name }) => name))(
    '%s: one, invented only where the task is made of an archive',
    async (name) => {
      const task = findTask(name);
      const { groups, invented, shape } = await drawTask(task);
      expect(invented).toBe(task.realData !== undefined);
      const [only] = groups[0]!.siblings;
      expect(only!.documents).toHaveLength(shape.picture ? 0 : shape.documents);
      for (const pieces of only!.documents)
        expect(pieces.map(({ text }) => text).join('')).toMatch(/^[ -~]{60,}$/);
      expect(only!.answer).toMatch(/^\S/);
    },
  );
});

describe('certificates in words', () => {
  it('name distances, siblings and order', () => {
    const words = certificateWords({
      distances: [4, 8],
      siblings: 64,
      classes: 8,
      order: 2,
      readout: 'query',
      table: { states: 8, questions: 8, question: 1 },
    });
    expect(words[0]).toContain('for D = 4 and 8');
    expect(words[0]).toContain('the 8 examples of a group that ask the same question');
    expect(words[0]).toContain('exactly one in 8, 12.5\u00a0%');
    expect(words[1]).toContain('differ in the last token alone');
    expect(words[1]).toContain('its use, hits less false alarms, is exactly 0');
    expect(words[2]).toContain('for w = 2');
  });
  it('do not claim what is not proved', () => {
    const certified = {
      distances: [4],
      siblings: 2,
      classes: 2,
      order: 0,
      readout: 'query' as const,
    };
    const [, question, order] = certificateWords({ ...certified, distances: [4] });
    expect(question).toContain('no question certificate');
    expect(order).toContain('no order certificate');
    expect(
      certificateWords({ distances: [], siblings: 1, classes: 2, order: 0, readout: 'pool' }).join(
        ' ',
      ),
    ).toContain('no certificate');
  });
});
