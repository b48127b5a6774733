/**
 * The rules that examples obey, checked block by block; what is remembered of an example is a digest.
 * Blocks come in the order in which examples are made, so groups are whole in them.
 */
import type { NpyArray } from '../../core/npy.ts';
import { emptyChunk, fillRow } from '../store/chunks.ts';
import {
  arrayPath,
  arrayWidth,
  arraysOf,
  examplesOf,
  type ArrayName,
  type Meta,
} from '../store/meta.ts';
import {
  countOf,
  partsOf,
  splits,
  type MakePart,
  type PartName,
  type StoredExample,
  type TableShape,
} from '../task.ts';
import { Digests } from './digests.ts';
import { Break, type Finding } from './finding.ts';
import type { Claim } from './meta.ts';
import { breakOfRest, Copies, hiddenDetail, hiddenRow } from './signal.ts';
import {
  breakOfLabels,
  breakOfOrder,
  breakOfQuestion,
  nearestDifferences,
  type TableGroup,
} from './tables.ts';

/** Values of all arrays for consecutive examples, by the arrays' names. */
export type Block = Record<ArrayName, NpyArray>;

/** Examples of a part that are made again, if not all are: they are spread evenly, in whole groups. */
const sampled = 600;

/** An example's place: in its part, in the block, and in the files. */
interface Place {
  part: PartName;
  /** Number of the example in its part, in the order in which examples are made. */
  index: number;
  /** Which example of the block it is. */
  at: number;
  /** Row of the files. */
  row: number;
  group: number;
}

export class ExamplePass {
  /** Examples seen so far. */
  examples = 0;
  private groups = 0;
  private repeats = 0;
  private madeAgain = 0;
  private evaluated = 0;
  /** Earlier questions of this part, and those among them that are the same as the last one. */
  private earlier = { asked: 0, same: 0 };
  private readonly claim: Claim;
  private readonly again: MakePart | undefined;
  private readonly full: boolean;
  private readonly digests: Digests;
  /** Distances of the nearest differences, by number of the bin: of the splits, and of the part signal. */
  private readonly nearest: { scored: number[][]; signal: number[][] };
  private readonly copies: Copies | undefined;
  private readonly labels: Record<PartName, number[]>;

  /** @param again makes examples again; @param full all of them and not only a sample. */
  constructor(claim: Claim, again: MakePart | undefined, full: boolean) {
    const { shape } = claim.meta;
    this.claim = claim;
    this.again = again;
    this.full = full;
    const none = () => new Array<number>(shape.classes).fill(0);
    this.labels = { train: none(), val: none(), test: none(), signal: none() };
    const bins = () => shape.distances.map((): number[] => []);
    this.nearest = { scored: bins(), signal: bins() };
    this.copies = shape.signal && new Copies(shape.signal);
    this.digests = new Digests(examplesOf(shape));
  }

  private get shape(): Meta['shape'] {
    return this.claim.meta.shape;
  }

  /** Takes the examples `first` and following of a part, in whole groups, with their rows in the files. */
  take(part: PartName, first: number, rows: ArrayLike<number>, block: Block): void {
    const { siblings } = this.shape;
    const stride = this.full ? 1 : Math.max(1, Math.floor(countOf(this.shape, part) / sampled));
    for (let start = 0; start < rows.length; start += siblings, this.groups++) {
      const inSplit = (first + start) / siblings;
      const places = Array.from({ length: siblings }, (_, s): Place => {
        const at = start + s;
        return { part, at, index: first + at, row: rows[at]!, group: this.groups };
      });
      for (const place of places) {
        this.checkColumns(block, place, inSplit);
        this.checkExample(block, place);
      }
      if (this.shape.table) this.checkTable(block, places, inSplit);
      for (const place of places) this.checkEvaluation(block, place);
      if (inSplit % stride === 0) for (const place of places) this.makeAgain(block, place);
      this.examples += siblings;
    }
  }

  private broken(rule: string, { part, row, group }: Place, array: ArrayName, detail: string) {
    return new Break(rule, `row ${row} ${detail}`, arrayPath(part, array), group);
  }

  /** Group, member and distance are those that the row's place leads to. */
  private checkColumns(block: Block, place: Place, inSplit: number): void {
    const { siblings, distances } = this.shape;
    const expected = {
      groups: place.group,
      members: place.index % siblings,
      distances: distances[inSplit % distances.length] ?? 0,
    };
    for (const [array, value] of Object.entries(expected)) {
      const found = block[array]![place.at];
      if (found !== value)
        throw this.broken(
          'groups',
          place,
          array,
          `has the value ${found}, expected ${value}: rows were moved or changed, or come from another seed`,
        );
    }
  }

  private tokensOf(block: Block, at: number): Uint8Array | Uint16Array {
    const width = arrayWidth(this.shape, 'inputs');
    return (block.inputs as Uint8Array | Uint16Array).subarray(at * width, (at + 1) * width);
  }

  private checkExample(block: Block, place: Place): void {
    const { classes, documents, length } = this.shape;
    const { part, at } = place;
    const tokens = this.tokensOf(block, at);
    for (let d = 0; d < documents; d++) {
      const wrong = this.breakOfTokens(tokens, d * length, (d + 1) * length);
      if (wrong) throw this.broken('tokens', place, 'inputs', wrong);
    }
    const label = block.labels![at]!;
    if (label >= classes)
      throw this.broken(
        'labels',
        place,
        'labels',
        `has label ${label}, expected 0 to ${classes - 1}`,
      );
    this.labels[part][label]!++;
    for (const [name, width] of Object.entries(this.shape.extras))
      for (let i = at * width; i < (at + 1) * width; i++)
        if (block[name]![i]! < -1) {
          const detail = `has the value ${block[name]![i]}, expected at least -1`;
          throw this.broken('extras', place, name, detail);
        }
    const parts = partsOf(this.shape);
    const other = this.digests.seen(tokens, parts.indexOf(part));
    if (other === undefined) return;
    if (parts[other] === part) this.repeats++;
    else throw this.broken('splits', place, 'inputs', `is an example of ${parts[other]} too`);
  }

  /** Padding at the end of a document only, where it may be at all; grey levels have none. */
  private breakOfTokens(row: ArrayLike<number>, start: number, stop: number): string | undefined {
    const { vocabulary, padded, input } = this.shape;
    let end = stop;
    while (end > start && row[end - 1] === 0) end--;
    if (end === start || (end < stop && (!padded || input === 'levels')))
      return 'has padding where none may be';
    for (let i = start; i < end; i++)
      if (row[i]! >= vocabulary || row[i] === 0)
        return `has token ${row[i]} at position ${i}, expected 1 to ${vocabulary - 1}`;
    return undefined;
  }

  /** The certificates, which bind all parts but training. */
  private checkTable(block: Block, places: Place[], inSplit: number): void {
    const { shape } = this;
    const { classes, documents, order, siblings, distances } = shape;
    const bin = inSplit % distances.length;
    const from = distances[bin]!;
    const { states, questions, question, ends } = shape.table!;
    const [{ part, at, group }] = places as [Place];
    if (part === 'train') return;
    const signal = part === 'signal' ? shape.signal : undefined;
    const rows = places.map((place) => this.tokensOf(block, place.at));
    const table: TableGroup = {
      rows: signal ? rows.map((row) => hiddenRow(row, signal)) : rows,
      labels: block.labels!.subarray(at, at + siblings),
      ...{ documents, states, questions, classes, from, to: ends[bin]! },
      question: signal?.question ?? question,
    };
    const check = (rule: string, array: ArrayName, detail: string | undefined) => {
      if (detail !== undefined) throw new Break(rule, detail, arrayPath(part, array), group);
    };
    if (signal) check('hidden', 'inputs', breakOfRest(rows, signal));
    check('labels', 'labels', breakOfLabels(table));
    const nearest = nearestDifferences(table);
    if (typeof nearest === 'string') return check('reach', 'inputs', nearest);
    this.nearest[signal ? 'signal' : 'scored'][bin]!.push(...nearest);
    if (table.question > 0) check('question', 'inputs', breakOfQuestion(table));
    if (order > 0) check('order', 'inputs', breakOfOrder(table, order));
    for (const place of places) {
      const found = block.places![place.at]!;
      if (found < from || found >= table.to)
        throw this.broken(
          'places',
          place,
          'places',
          `has evidence at distance ${found}, expected ${from} to ${table.to - 1}`,
        );
    }
  }

  /** Label, answers and place are what the tokens say. */
  private checkEvaluation(block: Block, place: Place): void {
    const { claim, shape } = this;
    if (!claim.task.evaluate) return;
    const { at, part } = place;
    const extras: StoredExample['extras'] = {};
    for (const [name, width] of Object.entries(shape.extras))
      extras[name] = block[name]!.subarray(at * width, (at + 1) * width) as Int32Array;
    const example = { tokens: this.tokensOf(block, at), extras };
    const said = claim.task.evaluate(example, claim.options, part);
    if (!said)
      throw this.broken('evaluator', place, 'inputs', 'has tokens from which no label follows');
    const label = block.labels![at]!;
    if (said.label !== label)
      throw this.broken(
        'evaluator',
        place,
        'labels',
        `has label ${label}, but its tokens lead to ${said.label}`,
      );
    const asked = shape.table?.asked.length ?? 0;
    for (let i = 0; i < asked; i++) {
      const [stored, found] = [block.answers![at * asked + i], said.answers?.[i]];
      if (stored !== found)
        throw this.broken(
          'evaluator',
          place,
          'answers',
          `has ${stored} as answer to question ${i}, but its tokens lead to ${found ?? 'none'}`,
        );
    }
    const certified = part !== 'train';
    if (shape.table && said.place !== undefined && certified && said.place !== extras.places?.[0])
      throw this.broken(
        'places',
        place,
        'places',
        `says distance ${extras.places?.[0]}, but its evidence is at distance ${said.place}`,
      );
    const wrong = this.copies?.take(said.copies ?? [], part);
    if (wrong) throw this.broken('signal', place, 'inputs', wrong);
    this.evaluated++;
    // One state of a group is enough: the earlier questions are the same in all of them.
    if (asked > 0 && certified && said.repeats !== undefined)
      if (place.index % shape.siblings < shape.table!.questions) {
        this.earlier.asked += asked / shape.table!.questions;
        this.earlier.same += said.repeats;
      }
  }

  /** The example made again has the same values in all arrays. */
  private makeAgain(block: Block, place: Place): void {
    if (!this.again) return;
    const { shape } = this;
    const made = emptyChunk(shape, 1);
    fillRow(made, 0, shape, this.again(place.part, place.index));
    for (const array of arraysOf(shape)) {
      const width = arrayWidth(shape, array);
      for (let i = 0; i < width; i++) {
        const found = block[array]![place.at * width + i];
        if (found !== made.arrays[array]![i])
          throw this.broken(
            'again',
            place,
            array,
            `has the value ${found} at position ${i}, made again it is ${made.arrays[array]![i]}: task, options and seed of meta.json do not lead to this example`,
          );
      }
    }
    this.madeAgain++;
  }

  /** Earlier questions contain the last one as often as drawing with replacement from all sets gives. */
  endPart(part: PartName): void {
    const { asked, same } = this.earlier;
    this.earlier = { asked: 0, same: 0 };
    if (asked === 0) return;
    const share = 1 / this.shape.table!.sets;
    const expected = asked * share;
    const limit = 5 * Math.sqrt(asked * share * (1 - share)) + 1e-6;
    if (Math.abs(same - expected) > limit)
      throw new Break(
        'earlier',
        `${same} earlier questions of ${part} are the same as the last one, drawing with replacement gives ${expected.toFixed(0)} ± ${limit.toFixed(0)}`,
        arrayPath(part, 'inputs'),
      );
  }

  /** What held for all examples. */
  findings(): Finding[] {
    const { shape } = this;
    const extras = Object.keys(shape.extras);
    const what = shape.documents === 1 ? 'sequences' : `pairs of documents`;
    const found: [rule: string, detail: string][] = [
      ['tokens', `${this.examples} ${what} of ${shape.length}, ids below ${shape.vocabulary}`],
      ['groups', `${this.groups} groups of ${shape.siblings}, each in one split and in its rows`],
      ['splits', `no example in two splits, ${this.repeats} repeated within one`],
    ];
    if (extras.length > 0) found.push(['extras', `${extras.join(', ')}, all at least -1`]);
    found.push(...(shape.table ? this.certificates(shape.table) : this.shares()));
    if (this.evaluated > 0)
      found.push(['evaluator', `${this.evaluated} labels follow from the tokens`]);
    if (this.again)
      found.push(['again', `${this.madeAgain} of ${this.examples} examples made again, the same`]);
    return found.map(([rule, detail]) => ({ rule, holds: true, detail }));
  }

  private certificates(table: TableShape): [rule: string, detail: string][] {
    const { classes, documents, order, distances } = this.shape;
    const chance = `exactly 1/${classes} of every group`;
    const each = documents === 1 ? '' : ' of each document';
    const binsOf = (nearest: number[][]) =>
      distances.map((distance, bin) => {
        const sorted = Float64Array.from(nearest[bin]!).sort();
        return `${distance} (nearest evidence ${sorted[0]}, median ${sorted[sorted.length >> 1]})`;
      });
    const bins = binsOf(this.nearest.scored);
    const found: [rule: string, detail: string][] = [
      ['labels', `each of ${classes} labels equally often, whatever is held fixed`],
      [
        'reach',
        `for a fixed question the last D tokens${each} agree, D = ${bins.join(', ')}: who sees fewer has ${chance} right`,
      ],
    ];
    if (table.question > 0)
      found.push([
        'question',
        `all but the last ${table.question} tokens${each} agree for a fixed state: who does not read the question has ${chance} right`,
      ]);
    if (order > 0)
      found.push([
        'order',
        `equal counts of all ${order}-grams${each} for a fixed question: a bag of them has ${chance} right`,
      ]);
    if (this.copies)
      found.push(
        ['signal', this.copies.detail],
        ['hidden', hiddenDetail(this.shape, binsOf(this.nearest.signal).join(', '))],
      );
    return found;
  }

  private shares(): [rule: string, detail: string][] {
    return splits.map((split) => {
      const shares = this.labels[split].map(
        (count, label) =>
          `${label}: ${((100 * count) / Math.max(1, this.shape.counts[split])).toFixed(1)} %`,
      );
      return ['labels', `${split} ${shares.join(', ')}`];
    });
  }
}
