/**
 * A reading: what stands in an example, in words for a person. A task gives it as data
 * (`TaskDefinition.read`); this file renders it for the terminal, the site renders it as HTML.
 */
import { styleText } from 'node:util';
import { halfBlocks, unscan } from './pictures/pictures.ts';
import type { ScannedPicture } from './pictures/scan.ts';

/**
 * What a stretch of an example is to its reader.
 *
 * - `plain`: text that belongs to the example
 * - `noise`: random tokens, whose number alone matters
 * - `filler`: readable text that does not matter for the answer
 * - `separator`: empty place between symbols
 * - `key`, `value`: parts of a pair
 * - `evidence`: what decides the answer
 * - `earlier`: a question that is asked before the last one
 * - `question`: the last question, which is scored
 */
export const pieceKinds = [
  'plain',
  'noise',
  'filler',
  'separator',
  'key',
  'value',
  'evidence',
  'earlier',
  'question',
] as const;
export type PieceKind = (typeof pieceKinds)[number];

/** A stretch of consecutive tokens that are read together. */
export interface Piece {
  text: string;
  kind: PieceKind;
  /** Number of tokens, at least 1. */
  tokens: number;
}

/** A rectangle of pixels that matters. */
export interface Mark {
  kind: PieceKind;
  /** Column and row of the upper left pixel, from 0. */
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface PictureReading {
  rows: number;
  columns: number;
  /** Grey levels 0 to 255, row by row. */
  levels: Uint8Array;
  marks: Mark[];
}

export interface Reading {
  /** The pieces of each document in order, which cover all tokens but padding; empty for a picture. */
  documents: Piece[][];
  /** Text between two pieces: a space where a token is a symbol, nothing where it is a byte. */
  between: ' ' | '';
  picture: PictureReading | null;
  /** The question that the label answers, as a sentence. */
  question: string;
  /** The answer in words, the same for all examples of a label. */
  answer: string;
  /** Facts about this example, without full stops. */
  notes: string[];
}

/**
 * Pieces of a document whose tokens are symbols; padding (0) is left out.
 * @param read words and kind of a token at a position of the document.
 */
export function symbolPieces(
  tokens: ArrayLike<number>,
  read: (token: number, position: number) => Omit<Piece, 'tokens'>,
): Piece[] {
  const pieces: Piece[] = [];
  for (let position = 0; position < tokens.length; position++) {
    const token = tokens[position]!;
    if (token !== 0) pieces.push({ ...read(token, position), tokens: 1 });
  }
  return pieces;
}

/**
 * Pieces of a document whose tokens are bytes + 1 in UTF-8, one piece per character; the document
 * ends at the first padding (0). Bytes that are no UTF-8 become U+FFFD.
 * @param kindAt kind of the character that begins at a position.
 */
export function bytePieces(
  tokens: ArrayLike<number>,
  kindAt: (position: number) => PieceKind = () => 'plain',
): Piece[] {
  const bytes = bytesOf(tokens);
  const pieces: Piece[] = [];
  const decoder = new TextDecoder();
  for (let position = 0; position < bytes.length;) {
    const size = characterSize(bytes, position);
    const text = decoder.decode(bytes.subarray(position, position + size));
    pieces.push({ text, kind: kindAt(position), tokens: size });
    position += size;
  }
  return pieces;
}

/** The bytes of a document up to its padding; a token is a byte + 1. */
function bytesOf(tokens: ArrayLike<number>): Uint8Array {
  let count = 0;
  while (count < tokens.length && tokens[count] !== 0) count++;
  return Uint8Array.from({ length: count }, (_, i) => tokens[i]! - 1);
}

/** Bytes of the UTF-8 character at a position; 1 where there is no whole one. */
function characterSize(bytes: Uint8Array, position: number): number {
  const first = bytes[position]!;
  const size = first < 0xc2 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 1;
  for (let i = 1; i < size; i++) if (((bytes[position + i] ?? 0) & 0xc0) !== 0x80) return 1;
  return size;
}

/** The picture of an example of a `levels` task. */
export function pictureReading(
  tokens: ArrayLike<number>,
  picture: ScannedPicture,
  marks: Mark[] = [],
): PictureReading {
  const { rows, columns } = picture;
  return { rows, columns, levels: unscan(tokens, picture), marks };
}

/** The text of a document without styles. */
export function textOf(pieces: readonly Piece[], between: string): string {
  return pieces.map(({ text }) => text).join(between);
}

type Style = Parameters<typeof styleText>[0];

const styles: Record<PieceKind, Style | null> = {
  plain: null,
  noise: 'dim',
  filler: 'dim',
  separator: 'dim',
  key: 'cyan',
  value: 'green',
  evidence: ['bold', 'yellow'],
  earlier: 'magenta',
  question: ['bold', 'magenta'],
};

/** A reading as lines of text for the terminal. */
export function renderReading(reading: Reading): string {
  const { documents, between, picture, question, answer, notes } = reading;
  const blocks = documents.map((pieces, n) => {
    const title = documents.length > 1 ? `document ${n + 1}\n` : '';
    return title + renderPieces(pieces, between);
  });
  if (picture) blocks.push(renderPicture(picture));
  const facts = notes.length > 0 ? `  (${notes.join(', ')})` : '';
  return `${blocks.join('\n\n')}\n${question}\n= ${answer}${facts}`;
}

/** Neighbours of one kind share a style; runs of noise are counted, so that the rest can be seen. */
function renderPieces(pieces: readonly Piece[], between: string): string {
  const words: string[] = [];
  for (let i = 0; i < pieces.length;) {
    const { kind } = pieces[i]!;
    let end = i + 1;
    while (end < pieces.length && pieces[end]!.kind === kind) end++;
    const run = pieces.slice(i, end);
    const count = run.reduce((sum, { tokens }) => sum + tokens, 0);
    const style = styles[kind];
    const text = kind === 'noise' ? `(${count} noise)` : textOf(run, between);
    words.push(style === null ? text : styleText(style, text));
    i = end;
  }
  return words.join(between);
}

function renderPicture({ levels, rows, columns, marks }: PictureReading): string {
  const span = (from: number, size: number) =>
    size === 1 ? String(from + 1) : `${from + 1} to ${from + size}`;
  const where = marks.map(
    ({ kind, x, y, width, height }) =>
      `${kind}: rows ${span(y, height)}, columns ${span(x, width)}`,
  );
  return [halfBlocks(levels, rows, columns), ...where].join('\n');
}
