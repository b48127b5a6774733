import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bytePieces,
  renderReading,
  symbolPieces,
  textOf,
  type Reading,
} from '../../generators/reading.ts';
import { tasks } from '../../generators/registry.ts';

const tokensOf = (text: string) => Array.from(Buffer.from(text), (byte) => byte + 1);
const nothing: Omit<Reading, 'documents' | 'between'> = {
  picture: null,
  question: 'What is it?',
  answer: 'this',
  notes: [],
};

describe('pieces of bytes', () => {
  it('are one per character, whatever its size, up to the padding', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const pieces = bytePieces([...tokensOf(text), 0, 5]);
        expect(pieces.map((piece) => piece.text)).toEqual([...text]);
        const size = pieces.reduce((sum, { tokens }) => sum + tokens, 0);
        expect(size).toBe(Buffer.byteLength(text));
      }),
    );
  });
  it('cover all bytes where they are no UTF-8', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const pieces = bytePieces(Array.from(bytes, (byte) => byte + 1));
        expect(pieces.reduce((sum, { tokens }) => sum + tokens, 0)).toBe(bytes.length);
      }),
    );
  });
  it('take the kind of the byte that a character begins with', () => {
    const pieces = bytePieces(tokensOf('aéb'), (position) => (position === 1 ? 'key' : 'plain'));
    expect(pieces).toEqual([
      { text: 'a', kind: 'plain', tokens: 1 },
      { text: 'é', kind: 'key', tokens: 2 },
      { text: 'b', kind: 'plain', tokens: 1 },
    ]);
  });
});

describe('a reading in the terminal', () => {
  it('counts noise, names documents, and ends with question, answer and facts', () => {
    const pieces = symbolPieces([7, 7, 7, 3, 4, 7, 3, 0], (token) =>
      token === 7
        ? { text: '·', kind: 'noise' }
        : { text: token === 3 ? 'key' : 'value', kind: token === 3 ? 'key' : 'value' },
    );
    const reading = { ...nothing, documents: [pieces], between: ' ' as const };
    expect(renderReading(reading)).toBe('(3 noise) key value (1 noise) key\nWhat is it?\n= this');
    expect(renderReading({ ...reading, documents: [pieces, pieces], notes: ['a', 'b'] })).toMatch(
      /^document 1\n.*\n\ndocument 2\n.*\nWhat is it\?\n= this {2}\(a, b\)$/,
    );
  });
  it('draws a picture and says where its marks are', () => {
    const text = renderReading({
      ...nothing,
      documents: [],
      between: '',
      picture: {
        rows: 4,
        columns: 3,
        levels: new Uint8Array(12),
        marks: [{ kind: 'question', x: 0, y: 3, width: 3, height: 1 }],
      },
    });
    expect(text.split('\n').slice(2)).toEqual([
      'question: rows 4, columns 1 to 3',
      'What is it?',
      '= this',
    ]);
  });
});

describe('the reading of every task', () => {
  it.each(tasks.map((task) => [task.name, task] as const))(
    '%s covers its tokens, and the words of an answer are those of its label',
    async (_, task) => {
      const options = task.tiers.smoke;
      const shape = task.shape(options);
      const made = task.realData?.isRead(options) ? null : await task.open(options, 3);
      const answers = new Map<number, string>();
      for (let index = 0; index < (made ? 12 : 1); index++) {
        const example = made ? made.example('test', index) : task.realData!.invent!(options);
        const { documents, between, picture, question, answer } = task.read(example, options);
        expect(question).toMatch(/^[A-Z].*\?$/);
        expect(answers.get(example.label) ?? answer).toBe(answer);
        answers.set(example.label, answer);
        if (shape.picture) {
          expect(picture!.levels).toHaveLength(shape.picture.rows * shape.picture.columns);
          expect(documents).toEqual([]);
          continue;
        }
        expect(documents).toHaveLength(shape.documents);
        const size = documents.flat().reduce((sum, { tokens }) => sum + tokens, 0);
        expect(size).toBe(Array.from(example.tokens).filter((token) => token !== 0).length);
        expect(documents.every((pieces) => textOf(pieces, between).length > 0)).toBe(true);
      }
      expect(new Set(answers.values()).size).toBe(answers.size);
    },
  );
});
