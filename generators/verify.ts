/**
 * Verification of a data set on disk: schema, files, token ids, groups, labels, certificates,
 * splits and checksums. The examples are read once, in blocks; what is remembered of each is a
 * digest of 16 bytes, to see whether it comes again in another split.
 */
import { hash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { breakOfLabels, breakOfOrder, breakOfReach, type SiblingGroup } from './certificates.ts';
import { DataError } from './errors.ts';
import { checkArray, openArray } from './files.ts';
import { arrayPath, arrays, readMeta, type ArrayName, type Meta } from './meta.ts';
import type { NpyArray, NpyFile } from './npy.ts';
import { findTask, resolveOptions, tasks } from './registry.ts';
import { splits, type SplitName } from './task.ts';

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
class Break extends Error {
  readonly finding: Finding;
  constructor(rule: string, detail: string, file?: string, group?: number) {
    super(detail);
    const place = { ...(file && { file }), ...(group !== undefined && { group }) };
    this.finding = { rule, holds: false, detail, ...place };
  }
}

/**
 * Checks every rule on the data set in `dir`.
 * @param onProgress told the number of examples that have been read, of all.
 * @returns one finding a rule; after a break, none of the rules that were still open.
 */
export async function verifyDataset(
  dir: string,
  onProgress?: (done: number, total: number) => void,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  try {
    const meta = await checkSchema(dir, findings);
    const pass = new Pass(meta);
    for (const split of splits) await readSplit(dir, meta, split, pass, onProgress);
    findings.push(...pass.findings());
    findings.push(await checkChecksums(dir, meta));
  } catch (error) {
    if (!(error instanceof Break)) throw error;
    findings.push(error.finding);
  }
  return findings;
}

async function checkSchema(dir: string, findings: Finding[]): Promise<Meta> {
  const file = 'meta.json';
  const meta = await readMeta(dir).catch((error: unknown) => {
    throw error instanceof DataError ? new Break('schema', error.message, file) : error;
  });
  const task = tasks.find(({ name }) => name === meta.task);
  let detail = `task ${meta.task}, tier ${meta.tier}, seed ${meta.seed}`;
  if (task?.version === meta.generatorVersion) {
    const options = resolved(meta);
    if (!isDeepStrictEqual(task.shape(options), meta.shape))
      throw new Break('schema', 'its shape is not the one that its options lead to', file);
  } else {
    detail += `; shape taken on trust, generator version ${meta.generatorVersion} is not here`;
  }
  findings.push({ rule: 'schema', holds: true, detail });
  return meta;
}

function resolved(meta: Meta): Record<string, unknown> {
  try {
    return resolveOptions(findTask(meta.task), meta.tier, meta.options);
  } catch (error) {
    throw new Break('schema', (error as Error).message, 'meta.json');
  }
}

type Block = Record<ArrayName, NpyArray>;

/** Bytes of inputs that are in memory at a time, or one sibling group if that is more. */
const blockBytes = 1 << 22;

async function readSplit(
  dir: string,
  meta: Meta,
  split: SplitName,
  pass: Pass,
  onProgress?: (done: number, total: number) => void,
): Promise<void> {
  const { siblings, length, counts } = meta.shape;
  const total = splits.reduce((sum, name) => sum + counts[name], 0);
  const files: Partial<Record<ArrayName, NpyFile>> = {};
  try {
    for (const array of arrays)
      files[array] = await openArray(dir, meta, split, array).catch((error: unknown) => {
        const path = arrayPath(split, array);
        throw error instanceof DataError ? new Break('files', error.message, path) : error;
      });
    const groupsAtOnce = Math.max(1, Math.floor(blockBytes / (length * siblings)));
    for (let first = 0; first < counts[split]; first += groupsAtOnce * siblings) {
      const rows = Math.min(groupsAtOnce * siblings, counts[split] - first);
      const block: Partial<Block> = {};
      for (const array of arrays) block[array] = await files[array]!.read(first, rows);
      pass.take(split, block as Block, rows);
      onProgress?.(pass.examples, total);
    }
    pass.endSplit(split);
  } finally {
    for (const file of Object.values(files)) await file.close();
  }
}

/** The checks of examples, fed block by block; holds counts and digests, no examples. */
class Pass {
  examples = 0;
  private groups = 0;
  private repeats = 0;
  private readonly meta: Meta;
  private readonly digests = new Map<string, SplitName>();
  /** Groups of the split by distance. */
  private byDistance = new Map<number, number>();
  private readonly labels: Record<SplitName, number[]>;

  constructor(meta: Meta) {
    this.meta = meta;
    const none = () => new Array<number>(meta.shape.classes).fill(0);
    this.labels = { train: none(), val: none(), test: none() };
  }

  /** Takes whole groups of a split, except where the split ends within one. */
  take(split: SplitName, block: Block, rows: number): void {
    const { siblings, length } = this.meta.shape;
    for (let first = 0; first < rows; first += siblings, this.groups++) {
      const count = Math.min(siblings, rows - first);
      this.checkIds(split, block, first, count);
      const group: SiblingGroup = {
        rows: Array.from({ length: count }, (_, s) =>
          block.inputs.subarray((first + s) * length, (first + s + 1) * length),
        ),
        labels: block.labels.subarray(first, first + count),
        distance: block.distances[first]!,
      };
      for (let s = 0; s < count; s++) this.checkExample(split, group, s);
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
      if (block.groups[row] !== this.groups)
        throw broken(
          `row ${this.rowOf(split, row - first)} belongs to group ${block.groups[row]}, expected ${this.groups}: groups must be whole, in order, and in one split`,
        );
      if (block.distances[row] !== block.distances[first])
        throw broken('its siblings have different distances', 'distances');
    }
    if (count < siblings) throw broken(`it has ${count} siblings, expected ${siblings}`);
  }

  private rowOf(split: SplitName, sibling: number): number {
    const { counts } = this.meta.shape;
    const before = splits.slice(0, splits.indexOf(split));
    return this.examples + sibling - before.reduce((sum, name) => sum + counts[name], 0);
  }

  private checkExample(split: SplitName, group: SiblingGroup, sibling: number): void {
    const { vocabulary, classes, padded } = this.meta.shape;
    const row = group.rows[sibling] as NpyArray;
    const label = group.labels[sibling]!;
    const broken = (rule: string, array: ArrayName, detail: string) =>
      new Break(
        rule,
        `row ${this.rowOf(split, sibling)} ${detail}`,
        arrayPath(split, array),
        this.groups,
      );
    let end = row.length;
    while (end > 0 && row[end - 1] === 0) end--;
    if (end === 0 || (!padded && end < row.length))
      throw broken('tokens', 'inputs', 'has padding where none may be');
    for (let i = 0; i < end; i++)
      if (row[i]! >= vocabulary || row[i] === 0)
        throw broken(
          'tokens',
          'inputs',
          `has token ${row[i]} at position ${i}, expected 1 to ${vocabulary - 1}`,
        );
    if (label >= classes)
      throw broken('labels', 'labels', `has label ${label}, expected 0 to ${classes - 1}`);
    this.labels[split][label]!++;

    const digest = hash('sha256', row, 'base64').slice(0, 22);
    const other = this.digests.get(digest);
    if (other === split) this.repeats++;
    else if (other) throw broken('splits', 'inputs', `is an example of ${other} too`);
    else this.digests.set(digest, split);
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
    const found: [rule: string, detail: string][] = [
      ['tokens', `${this.examples} sequences of ${shape.length}, ids below ${shape.vocabulary}`],
      ['groups', `${this.groups} groups of ${shape.siblings}, none in two splits`],
      ['splits', `no example in two splits, ${this.repeats} repeated within one`],
    ];
    if (kind === 'controlled') {
      found.push(
        ['labels', `each of ${shape.classes} classes once in every group`],
        ['balance', `as many groups at each of ${shape.distances.length} distances`],
        [
          'reach',
          `the last D tokens agree in every group, D = ${shape.distances.join(', ')}: a model that reaches less far scores exactly 1/${shape.classes}`,
        ],
      );
      if (shape.order > 0)
        found.push([
          'order',
          `equal counts of all ${shape.order}-grams in every group: a bag of them scores exactly 1/${shape.classes}`,
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

async function checkChecksums(dir: string, meta: Meta): Promise<Finding> {
  let bytes = 0;
  for (const split of splits)
    for (const array of arrays) {
      const path = arrayPath(split, array);
      const file = await openArray(dir, meta, split, array);
      await checkArray(file, dir, meta, path)
        .catch((error: Error) => {
          throw new Break('checksums', error.message, path);
        })
        .finally(() => file.close());
      bytes += meta.files[path]!.bytes;
    }
  const files = splits.length * arrays.length;
  return { rule: 'checksums', holds: true, detail: `${files} files, ${bytes} bytes` };
}
