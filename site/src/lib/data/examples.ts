/**
 * Examples of the tasks, made by the generators when the site is built and read by each task's own
 * `read`. A controlled task gives one sibling group per distance; what differs between siblings is
 * the evidence, so finding it takes no knowledge of the task.
 */
import {
  encodeGrey,
  scanOrder,
  tasks,
  type Example,
  type PieceKind,
  type Reading,
  type TaskDefinition,
  type TaskShape,
} from '../../../../generators/index.ts';
import { escapeHtml } from '../words/html.ts';

/** A stretch of a sequence that is drawn alike. */
export interface DrawnPiece {
  text: string;
  kind: PieceKind;
  /** Number of reaches, smallest first, that do not see it. */
  beyond: number;
}

export interface Picture {
  rows: number;
  columns: number;
  /** PNG as a data address. */
  image: string;
  /** Box around all pixels that differ between siblings. */
  evidence: Box | null;
  question: Box | null;
  /** Pixels that so many reaches do not see, as an SVG path. */
  veils: { beyond: number; path: string }[];
}

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** One example: its documents (mostly one) or its picture, its question and the answer. */
export interface Drawn {
  documents: DrawnPiece[][];
  picture: Picture | null;
  question: string;
  answer: string;
}

export interface DrawnGroup {
  /** Certified: the evidence lies at least so many tokens before the read-out. */
  distance: number;
  /** Number of reaches, smallest first, that see the same in all siblings. */
  beyond: number;
  /** Two examples with the same question and different answers. */
  siblings: Drawn[];
  /** The first of them with another question; null for tasks with a single question. */
  otherQuestion: Drawn | null;
}

export interface DrawnTask {
  shape: TaskShape;
  /** One per distance; a standard task has a single example. */
  groups: DrawnGroup[];
  /** Whether the example is invented, because the task's own are real data. */
  invented: boolean;
  /** Command that shows more examples. */
  command: string;
}

const tier = 'lite';

export function findDefinition(name: string): TaskDefinition | null {
  return tasks.find((task) => task.name === name) ?? null;
}

/** The examples of a group that share a question, as a model meets them, with the answers in words. */
export interface RawGroup {
  distance: number;
  siblings: { tokens: number[]; label: number; answer: string }[];
}

/** The examples of one group that share its first question, one per state of the evidence. */
interface MadeGroup {
  distance: number;
  siblings: Example[];
  /** The first of them with another question. */
  otherQuestion: Example | null;
}

/**
 * One group per distance, or a single example of a standard task; at the lite tier, from the test
 * split. Null where examples are real data, which the site does not have.
 */
async function madeGroups(task: TaskDefinition): Promise<MadeGroup[] | null> {
  const options = task.tiers[tier];
  if (task.realData?.isRead(options)) return null;
  const { distances, siblings, table } = task.shape(options);
  const { states, questions } = table ?? { states: siblings, questions: 1 };
  const { example } = await task.open(options, 1);
  const make = (group: number, member: number) => {
    const made = example('test', group * siblings + member);
    // Tokens are copied, because a task may make all siblings in one buffer.
    return { ...made, tokens: Array.from(made.tokens) };
  };
  return (distances.length > 0 ? distances : [0]).map((distance, group) => ({
    distance,
    siblings: Array.from({ length: states }, (_, state) => make(group, state * questions)),
    otherQuestion: questions > 1 ? make(group, 1) : null,
  }));
}

/** The groups that the page draws, as input of models. Null where examples are real data. */
export async function rawGroups(task: TaskDefinition): Promise<RawGroup[] | null> {
  const groups = await madeGroups(task);
  if (!groups) return null;
  return groups.map(({ distance, siblings }) => ({
    distance,
    siblings: siblings.map((made) => {
      const { answer } = task.read(made, task.tiers[tier]);
      return { tokens: Array.from(made.tokens), label: made.label, answer };
    }),
  }));
}

/**
 * What the page shows: the groups, or an invented example of a task whose own are real data.
 * @throws Error if such a task has no invented example.
 */
export async function drawTask(task: TaskDefinition): Promise<DrawnTask> {
  const options = task.tiers[tier];
  const shape = task.shape(options);
  const real = await madeGroups(task);
  const made = real ?? [{ distance: 0, siblings: [invented(task)], otherQuestion: null }];
  const groups = made.map((group) => drawGroup(task, shape, group));
  const command = `npm run generate -- show ${task.name} --tier ${tier}`;
  return { shape, groups, invented: real === null, command };
}

function invented({ name, realData, tiers }: TaskDefinition): Example {
  const example = realData?.invent?.(tiers[tier]);
  if (!example)
    throw new Error(`${name} reads real data at tier ${tier} and has no realData.invent.`);
  return example;
}

function drawGroup(task: TaskDefinition, shape: TaskShape, group: MadeGroup): DrawnGroup {
  const { distance, siblings, otherQuestion } = group;
  const [first, ...others] = siblings as [Example, ...Example[]];
  const differs = Array.from(first.tokens, (token, i) =>
    others.some(({ tokens }) => tokens[i] !== token),
  );
  const second = others.find(({ label }) => label !== first.label);
  const draw = (example: Example) => drawExample(task, shape, example, differs);
  const backs = [...differs.keys()]
    .filter((position) => differs[position])
    .map((position) => shape.length - 1 - (position % shape.length));
  return {
    distance,
    beyond: beyondOf(shape, Math.min(...backs)),
    siblings: [first, ...(second ? [second] : [])].map(draw),
    otherQuestion: otherQuestion && draw(otherQuestion),
  };
}

function drawExample(
  task: TaskDefinition,
  shape: TaskShape,
  example: Example,
  differs: readonly boolean[],
): Drawn {
  const reading = task.read(example, task.tiers[tier]);
  const { question, answer } = reading;
  return {
    documents: reading.documents.map((_, document) =>
      drawDocument(reading, shape, document, differs),
    ),
    picture: shape.picture ? drawPicture(reading, shape, shape.picture, differs) : null,
    question,
    answer,
  };
}

/** Number of reaches of the grid that do not see what stands so many tokens before the read-out. */
function beyondOf(shape: TaskShape, back: number): number {
  return shape.distances.filter((reach) => reach < back).length;
}

function drawDocument(
  { documents, between }: Reading,
  shape: TaskShape,
  document: number,
  differs: readonly boolean[],
): DrawnPiece[] {
  const drawn: DrawnPiece[] = [];
  const controlled = shape.distances.length > 0;
  let position = 0;
  for (const piece of documents[document]!) {
    const start = document * shape.length + position;
    const changed = differs.slice(start, start + piece.tokens).includes(true);
    position += piece.tokens;
    // In a controlled task, evidence is what differs, whatever else the task marks.
    const unchanged = controlled && piece.kind === 'evidence' ? 'value' : piece.kind;
    const kind = changed ? 'evidence' : unchanged;
    const beyond = beyondOf(shape, shape.length - position);
    const before = drawn.at(-1);
    const text = piece.text + between;
    if (before?.kind === kind && before.beyond === beyond) before.text += text;
    else drawn.push({ text, kind, beyond });
  }
  return drawn;
}

function drawPicture(
  { picture }: Reading,
  shape: TaskShape,
  { rows, columns, scan }: NonNullable<TaskShape['picture']>,
  differs: readonly boolean[],
): Picture {
  const order = scanOrder(scan, rows, columns);
  const png = encodeGrey(picture!.levels, { rows, columns });
  const changed = [...order].filter((_, position) => differs[position]);
  const levels = new Map<number, number[]>();
  if (shape.distances.length > 0) {
    order.forEach((pixel, position) => {
      const beyond = beyondOf(shape, shape.length - 1 - position);
      if (beyond > 0) levels.set(beyond, [...(levels.get(beyond) ?? []), pixel]);
    });
  }
  const marked = picture!.marks.find(({ kind }) => kind === 'question');
  const last = boxOf([order[shape.length - 1]!], columns);
  return {
    rows,
    columns,
    image: `data:image/png;base64,${Buffer.from(png).toString('base64')}`,
    evidence: shape.siblings > 1 && changed.length > 0 ? boxOf(changed, columns) : null,
    question: marked ?? (shape.readout === 'query' ? last : null),
    veils: [...levels].map(([beyond, pixels]) => ({ beyond, path: pathOf(pixels, columns) })),
  };
}

function boxOf(pixels: readonly number[], columns: number): Box {
  const xs = pixels.map((pixel) => pixel % columns);
  const ys = pixels.map((pixel) => Math.floor(pixel / columns));
  const [x, y] = [Math.min(...xs), Math.min(...ys)];
  return { x, y, width: Math.max(...xs) - x + 1, height: Math.max(...ys) - y + 1 };
}

/** Horizontal runs of pixels as an SVG path; equal runs of consecutive rows become one rectangle. */
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

const marked: readonly PieceKind[] = ['evidence', 'question', 'earlier'];

/** The pieces of a sequence as HTML, with exactly the spaces that the sequence has. */
export function piecesHtml(pieces: readonly DrawnPiece[]): string {
  return pieces
    .map(({ text, kind, beyond }) => {
      if (!marked.includes(kind))
        return `<span class="piece-${kind} b${beyond}">${escapeHtml(text)}</span>`;
      const word = text.trimEnd();
      const space = text.slice(word.length);
      return `<mark class="${kind} b${beyond}">${escapeHtml(word)}</mark>${space}`;
    })
    .join('');
}
