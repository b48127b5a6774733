/**
 * Examples of the tasks, made by the generators when the site is built. Of a controlled task, one
 * sibling group for each distance: what differs between siblings is the evidence, so it needs no
 * knowledge of the task to find it.
 */
import {
  firstValue,
  idsOf as recallIds,
} from '../../../../generators/controlled/recall/layouts.ts';
import {
  firstRole,
  idsOf as retrievalIds,
} from '../../../../generators/controlled/retrieval/layout.ts';
import { encodeGrey } from '../../../../generators/pictures/png.ts';
import { unscan } from '../../../../generators/pictures/pictures.ts';
import { tasks } from '../../../../generators/registry.ts';
import { scanOrder } from '../../../../generators/pictures/scan.ts';
import { classNames } from '../../../../generators/sources/cifar.ts';
import { symbols } from '../../../../generators/standard/listops/expressions.ts';
import type { TaskDefinition, TaskShape } from '../../../../generators/task.ts';
import { escapeHtml } from '../words/doc.ts';
import { standIn } from './standIns.ts';

/** A stretch of a sequence that is drawn alike. */
export interface Piece {
  text: string;
  mark: 'evidence' | 'query' | 'quiet' | 'plain';
  /** How many of the reaches, smallest first, do not see it. */
  beyond: number;
}

export interface Picture {
  rows: number;
  columns: number;
  /** PNG as a data address. */
  image: string;
  /** Around all that differs between siblings. */
  evidence: Box | null;
  query: Box | null;
  /** Pixels that so many reaches do not see, as an SVG path. */
  veils: { beyond: number; path: string }[];
}

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** One example: its documents (mostly one) or its picture, and the answer. */
export interface Drawn {
  documents: Piece[][];
  picture: Picture | null;
  answer: string;
}

export interface DrawnGroup {
  distance: number;
  siblings: Drawn[];
}

export interface DrawnTask {
  shape: TaskShape;
  /** One for each distance; of a standard task a single example. */
  groups: DrawnGroup[];
  /** Whether it was made up, because the task's own are made of an archive. */
  invented: boolean;
  /** Shows more of them. */
  command: string;
}

/** Siblings of a group that are drawn. */
const shownSiblings = 2;
const tier = 'lite';

export function findDefinition(name: string): TaskDefinition | null {
  return tasks.find((task) => task.name === name) ?? null;
}

/** A whole sibling group as a model meets it. */
export interface RawGroup {
  distance: number;
  siblings: { tokens: number[]; label: number }[];
}

/**
 * One group for each distance, or a single example of a standard task; at the lite tier, from the test
 * split. Null where examples are made of archives that the site does not have.
 */
export async function rawGroups(task: TaskDefinition): Promise<RawGroup[] | null> {
  const options = task.tiers[tier];
  if (task.realData?.isRead(options)) return null;
  const { distances, siblings } = task.shape(options);
  const { example } = await task.open(options, 1);
  return (distances.length > 0 ? distances : [0]).map((distance, i) => ({
    distance,
    // Copies, because tokens may be made in one buffer for all siblings.
    siblings: Array.from({ length: siblings }, (_, sibling) => {
      const { tokens, label } = example('test', i * siblings + sibling);
      return { tokens: Array.from(tokens), label };
    }),
  }));
}

/** What the page shows: the groups, or of a task that is made of an archive an invented example. */
export async function drawTask(task: TaskDefinition): Promise<DrawnTask> {
  const shape = task.shape(task.tiers[tier]);
  const real = await rawGroups(task);
  const raw = real ?? [{ distance: 0, siblings: [standIn(task.name, shape.length)] }];
  const groups = raw.map(({ distance, siblings }) => ({
    distance,
    siblings: drawGroup(task, shape, siblings),
  }));
  const command = `npm run generate -- show ${task.name} --tier ${tier}`;
  return { shape, groups, invented: real === null, command };
}

function drawGroup(task: TaskDefinition, shape: TaskShape, group: RawGroup['siblings']): Drawn[] {
  const [first] = group;
  const differs = Array.from(first!.tokens, (token, i) =>
    group.some(({ tokens }) => tokens[i] !== token),
  );
  return group.slice(0, shownSiblings).map((example) => ({
    documents: shape.picture ? [] : documentsOf(task, shape, example, differs),
    picture: shape.picture ? pictureOf(shape, shape.picture, example, differs) : null,
    answer: answerOf(task, example.label),
  }));
}

/** How many reaches of the grid do not see what stands so many tokens before the read-out. */
function beyondOf(shape: TaskShape, back: number): number {
  return shape.distances.filter((reach) => reach < back).length;
}

function documentsOf(
  task: TaskDefinition,
  shape: TaskShape,
  { tokens }: RawGroup['siblings'][number],
  differs: readonly boolean[],
): Piece[][] {
  const word = wordsOf(task);
  const controlled = shape.distances.length > 0;
  return Array.from({ length: shape.documents }, (_, document) => {
    const pieces: Piece[] = [];
    for (let i = 0; i < shape.length; i++) {
      const position = document * shape.length + i;
      const token = tokens[position] ?? 0;
      if (token === 0) continue;
      const { text, quiet = false } = word(token);
      const last = controlled && i === shape.length - 1;
      const mark = differs[position] ? 'evidence' : last ? 'query' : quiet ? 'quiet' : 'plain';
      const beyond = beyondOf(shape, shape.length - 1 - i);
      const before = pieces.at(-1);
      if (before?.mark === mark && before.beyond === beyond) before.text += text;
      else pieces.push({ text, mark, beyond });
    }
    return pieces;
  });
}

type Word = (token: number) => { text: string; quiet?: boolean };

/** How a token of the task is written; each with the space that follows it. */
function wordsOf({ name, tiers }: TaskDefinition): Word {
  const options = tiers[tier] as never;
  switch (name) {
    case 'recall': {
      const { firstKey, firstNoise } = recallIds(options);
      return (token) => {
        if (token >= firstNoise || token < firstValue) return { text: '· ', quiet: true };
        const key = token >= firstKey;
        return { text: key ? `key${token - firstKey} ` : `value${token - firstValue} ` };
      };
    }
    case 'retrieval-distance': {
      const { firstKeyToken, firstNoise } = retrievalIds(options);
      return (token) => {
        if (token >= firstNoise) return { text: '· ', quiet: true };
        if (token < firstRole) return { text: '– ', quiet: true };
        const key = token >= firstKeyToken;
        return { text: key ? `key${token - firstKeyToken} ` : `role${token - firstRole} ` };
      };
    }
    case 'listops':
    case 'listops-distance':
      return (token) => ({ text: `${symbols[token]} ` });
    default:
      return (token) => ({ text: String.fromCharCode(token - 1) });
  }
}

export function answerOf({ name }: TaskDefinition, label: number): string {
  switch (name) {
    case 'recall':
      return `value${label}`;
    case 'text':
    case 'text-distance':
      return label === 1 ? 'favourable' : 'unfavourable';
    case 'image':
      return classNames[label]!;
    case 'retrieval':
      return label === 1 ? 'one cites the other' : 'neither cites the other';
    case 'retrieval-distance':
      return label === 1 ? 'the same key' : 'different keys';
    case 'pathfinder-distance':
      return `start ${label + 1} from the left`;
    case 'image-distance':
      return `shape ${label + 1}`;
    case 'pathfinder':
    case 'pathx':
    case 'pathx-256':
      return label === 1 ? 'on one curve' : 'on two curves';
    default:
      return String(label);
  }
}

function pictureOf(
  shape: TaskShape,
  size: NonNullable<TaskShape['picture']>,
  { tokens }: RawGroup['siblings'][number],
  differs: readonly boolean[],
): Picture {
  const { rows, columns, scan } = size;
  const order = scanOrder(scan, rows, columns);
  const png = encodeGrey(unscan(tokens, size), size);
  const changed = [...order].filter((_, position) => differs[position]);
  const last = order[shape.length - 1]!;
  const levels = new Map<number, number[]>();
  if (shape.distances.length > 0) {
    order.forEach((pixel, position) => {
      const beyond = beyondOf(shape, shape.length - 1 - position);
      if (beyond > 0) levels.set(beyond, [...(levels.get(beyond) ?? []), pixel]);
    });
  }
  return {
    rows,
    columns,
    image: `data:image/png;base64,${Buffer.from(png).toString('base64')}`,
    evidence: shape.siblings > 1 && changed.length > 0 ? boxOf(changed, columns) : null,
    query: shape.readout === 'query' ? boxOf([last], columns) : null,
    veils: [...levels].map(([beyond, pixels]) => ({ beyond, path: pathOf(pixels, columns) })),
  };
}

function boxOf(pixels: readonly number[], columns: number): Box {
  const xs = pixels.map((pixel) => pixel % columns);
  const ys = pixels.map((pixel) => Math.floor(pixel / columns));
  const [x, y] = [Math.min(...xs), Math.min(...ys)];
  return { x, y, width: Math.max(...xs) - x + 1, height: Math.max(...ys) - y + 1 };
}

/** Horizontal runs of pixels, those of whole equal rows put together. */
function pathOf(pixels: readonly number[], columns: number): string {
  const sorted = pixels.toSorted((a, b) => a - b);
  const runs: { start: number; length: number; height: number }[] = [];
  for (const pixel of sorted) {
    const run = runs.at(-1);
    const joins = run && pixel === run.start + run.length && pixel % columns !== 0;
    if (joins) run.length++;
    else runs.push({ start: pixel, length: 1, height: 1 });
  }
  const merged: typeof runs = [];
  for (const run of runs) {
    const above = merged.at(-1);
    const below = above && run.start === above.start + above.height * columns;
    if (below && run.length === above.length) above.height++;
    else merged.push({ ...run });
  }
  return merged
    .map(({ start, length, height }) => {
      const [x, y] = [start % columns, Math.floor(start / columns)];
      return `M${x} ${y}h${length}v${height}h-${length}z`;
    })
    .join('');
}

/** The pieces of a sequence as HTML: not a space more or less than the sequence has. */
export function piecesHtml(pieces: readonly Piece[]): string {
  return pieces
    .map(({ text, mark, beyond }) => {
      if (mark === 'plain' || mark === 'quiet')
        return `<span class="${mark} b${beyond}">${escapeHtml(text)}</span>`;
      const word = text.trimEnd();
      const space = text.slice(word.length);
      return `<mark class="${mark} b${beyond}">${escapeHtml(word)}</mark>${space}`;
    })
    .join('');
}
