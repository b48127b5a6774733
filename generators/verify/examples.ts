/**
 * The rules that examples obey: token ids, extra columns, groups, labels, balance, certificates, and
 * no example in two splits. They are fed in blocks; what is remembered of each is a digest.
 */
import { breakOfLabels, breakOfOrder, breakOfReach, type SiblingGroup } from './certificates.ts';
import { Digests } from './digests.ts';
import { arrayPath, arrayWidth, type ArrayName, type Meta } from '../store/meta.ts';
import type { NpyArray } from '../../core/npy.ts';
import { splits, type SplitName } from '../task.ts';

/** What was found out about one rule. */
export interface Finding {
  rule: string;
  holds: boolean;
  /** Numbers where it holds, what is wrong where not. */
  detail: string;
  /** Where it is broken. */
  file?: string;
  group?: number;
}

/** The first break ends the verification. */
export class Break extends Error {
  readonly finding: Finding;
  constructor(rule: string, detail: string, file?: string, group?: number) {
    super(detail);
    const place = { ...(file && { file }), ...(group !== undefined && { group }) };
    this.finding = { rule, holds: false, detail, ...place };
  }
}

/** Rows of all arrays, by their names. */
export type Block = Record<ArrayName, NpyArray>;

/** The checks of examples, fed block by block; holds counts and digests, no examples. */
export class ExamplePass {
  examples = 0;
  private groups = 0;
  private repeats = 0;
  private readonly meta: Meta;
  private readonly digests: Digests;
  /** Groups of the split by distance. */
  private byDistance = new Map<number, number>();
  private readonly labels: Record<SplitName, number[]>;

  constructor(meta: Meta) {
    this.meta = meta;
    const none = () => new Array<number>(meta.shape.classes).fill(0);
    this.labels = { train: none(), val: none(), test: none() };
    this.digests = new Digests(splits.reduce((sum, split) => sum + meta.shape.counts[split], 0));
  }

  /** Takes whole groups of a split, except where the split ends within one. */
  take(split: SplitName, block: Block, rows: number): void {
    const { siblings, documents } = this.meta.shape;
    const width = arrayWidth(this.meta.shape, 'inputs');
    const inputs = block.inputs as Uint8Array | Uint16Array;
    for (let first = 0; first < rows; first += siblings, this.groups++) {
      const count = Math.min(siblings, rows - first);
      this.checkIds(split, block, first, count);
      const group: SiblingGroup = {
        rows: Array.from({ length: count }, (_, s) =>
          inputs.subarray((first + s) * width, (first + s + 1) * width),
        ),
        documents,
        labels: block.labels!.subarray(first, first + count),
        distance: block.distances![first]!,
      };
      for (let s = 0; s < count; s++) {
        this.checkExample(split, group, s);
        this.checkExtras(split, block, first + s, s);
      }
      if (this.meta.kind === 'controlled') this.checkCertificates(split, group);
      this.examples += count;
    }
  }

  /** Group ids rise by one from group to group, from train over val to test. */
  private checkIds(split: SplitName, block: Block, first: number, count: number): void {
    const { siblings } = this.meta.shape;
    const broken = (detail: string, array: ArrayName = 'groups') =>
      new Break('groups', detail, arrayPath(split, array), this.groups);
    for (let row = first; row < first + count; row++) {
      if (block.groups![row] !== this.groups)
        throw broken(
          `row ${this.rowOf(split, row - first)} belongs to group ${block.groups![row]}, expected ${this.groups}: groups must be whole, in order, and in one split`,
        );
      if (block.distances![row] !== block.distances![first])
        throw broken('its siblings have different distances', 'distances');
    }
    if (count < siblings) throw broken(`it has ${count} siblings, expected ${siblings}`);
  }

  private rowOf(split: SplitName, sibling: number): number {
    const { counts } = this.meta.shape;
    const before = splits.slice(0, splits.indexOf(split));
    return this.examples + sibling - before.reduce((sum, name) => sum + counts[name], 0);
  }

  private broken(
    rule: string,
    split: SplitName,
    array: ArrayName,
    sibling: number,
    detail: string,
  ): Break {
    const row = this.rowOf(split, sibling);
    return new Break(rule, `row ${row} ${detail}`, arrayPath(split, array), this.groups);
  }

  private checkExample(split: SplitName, group: SiblingGroup, sibling: number): void {
    const { classes, documents, length } = this.meta.shape;
    const row = group.rows[sibling] as Uint8Array | Uint16Array;
    const label = group.labels[sibling]!;
    for (let d = 0; d < documents; d++) {
      const wrong = this.breakOfTokens(row, d * length, (d + 1) * length);
      if (wrong) throw this.broken('tokens', split, 'inputs', sibling, wrong);
    }
    if (label >= classes) {
      const detail = `has label ${label}, expected 0 to ${classes - 1}`;
      throw this.broken('labels', split, 'labels', sibling, detail);
    }
    this.labels[split][label]!++;

    const other = this.digests.seen(row, splits.indexOf(split));
    if (other === undefined) return;
    if (splits[other] === split) this.repeats++;
    else
      throw this.broken(
        'splits',
        split,
        'inputs',
        sibling,
        `is an example of ${splits[other]} too`,
      );
  }

  /** Padding at the end of a document only, where it may be at all; grey levels have none. */
  private breakOfTokens(row: ArrayLike<number>, start: number, stop: number): string | undefined {
    const { vocabulary, padded, input } = this.meta.shape;
    let end = stop;
    while (end > start && row[end - 1] === 0) end--;
    if (end === start || (end < stop && (!padded || input === 'levels')))
      return 'has padding where none may be';
    for (let i = start; i < end; i++)
      if (row[i]! >= vocabulary || row[i] === 0)
        return `has token ${row[i]} at position ${i}, expected 1 to ${vocabulary - 1}`;
    return undefined;
  }

  private checkExtras(split: SplitName, block: Block, row: number, sibling: number): void {
    for (const [name, width] of Object.entries(this.meta.shape.extras))
      for (let i = row * width; i < (row + 1) * width; i++)
        if (block[name]![i]! < -1) {
          const detail = `has the value ${block[name]![i]}, expected at least -1`;
          throw this.broken('extras', split, name, sibling, detail);
        }
  }

  private checkCertificates(split: SplitName, group: SiblingGroup): void {
    const { classes, order, distances } = this.meta.shape;
    const check = (rule: string, array: ArrayName, detail: string | undefined) => {
      if (detail) throw new Break(rule, detail, arrayPath(split, array), this.groups);
    };
    check('labels', 'labels', breakOfLabels(group, classes));
    if (!distances.includes(group.distance))
      check('reach', 'distances', `distance ${group.distance} is not one of the grid`);
    check('reach', 'inputs', breakOfReach(group));
    if (order > 0) check('order', 'inputs', breakOfOrder(group, order));
    this.byDistance.set(group.distance, (this.byDistance.get(group.distance) ?? 0) + 1);
  }

  /** Each distance of the grid has as many groups. */
  endSplit(split: SplitName): void {
    const { distances, counts, siblings } = this.meta.shape;
    const expected = counts[split] / siblings / distances.length;
    for (const distance of distances)
      if (this.byDistance.get(distance) !== expected)
        throw new Break(
          'balance',
          `distance ${distance} has ${this.byDistance.get(distance) ?? 0} groups, expected ${expected}`,
          arrayPath(split, 'distances'),
        );
    this.byDistance.clear();
  }

  /** What held for all examples. */
  findings(): Finding[] {
    const { kind, shape } = this.meta;
    const extras = Object.keys(shape.extras);
    const what = shape.documents === 1 ? 'sequences' : `pairs of documents`;
    const each = shape.documents === 1 ? '' : ' of each document';
    const found: [rule: string, detail: string][] = [
      ['tokens', `${this.examples} ${what} of ${shape.length}, ids below ${shape.vocabulary}`],
      ['groups', `${this.groups} groups of ${shape.siblings}, none in two splits`],
      ['splits', `no example in two splits, ${this.repeats} repeated within one`],
    ];
    if (extras.length > 0) found.push(['extras', `${extras.join(', ')}, all at least -1`]);
    if (kind === 'controlled') {
      found.push(
        ['labels', `each of ${shape.classes} classes once in every group`],
        ['balance', `as many groups at each of ${shape.distances.length} distances`],
        [
          'reach',
          `the last D tokens${each} agree in every group, D = ${shape.distances.join(', ')}: a model that reaches less far scores exactly 1/${shape.classes}`,
        ],
      );
      if (shape.order > 0)
        found.push([
          'order',
          `equal counts of all ${shape.order}-grams${each} in every group: a bag of them scores exactly 1/${shape.classes}`,
        ]);
    } else {
      for (const split of splits) {
        const shares = this.labels[split].map(
          (count, label) => `${label}: ${((100 * count) / shape.counts[split]).toFixed(1)} %`,
        );
        found.push(['labels', `${split} ${shares.join(', ')}`]);
      }
    }
    return found.map(([rule, detail]) => ({ rule, holds: true, detail }));
  }
}
