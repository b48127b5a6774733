/**
 * A manifest: the work of a plan, one JSON line each, so that an index is all that a worker needs,
 * whatever starts it (a pool of processes, a Slurm array, any other scheduler).
 *
 * A line is a run, or a stage that runs share: the tuning of a learning rate, or a pretraining. Each
 * names the line that must be done before it as its parent:
 *
 *   tuning <- scratch, augmented
 *   tuning <- pretraining <- spt <- scratch-matched, joint
 *
 * Without tuning the others are as they are. Parents come first. Ids are hashes of the specs, so
 * finished work is known by name.
 */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { UsageError, issueOf } from '../../core/errors.ts';
import { specSchema, type RunSpec } from '../../leaderboards/records/schema.ts';
import { writeWhole } from '../../core/files.ts';
import {
  benchmarkVersion,
  idOf,
  pretrainingIdOf,
  sptSpecOf,
  tuningIdOf,
  tuningSpecOf,
} from './spec.ts';
import { isMatched } from '../training/regimes.ts';
import { otherVersion } from './versions.ts';

const id = z.string().regex(/^[0-9a-f]{12}$/, 'expected 12 hex digits');

export const lineSchema = z.strictObject({
  kind: z.enum(['tuning', 'pretraining', 'run']),
  /** Of the run or the stage. */
  id,
  /** The line that must be done before this one. */
  parent: id.optional(),
  /** The run; of a stage, a run that needs it. */
  spec: specSchema,
});

export type Line = z.infer<typeof lineSchema>;

export const manifestName = 'manifest.jsonl';

/**
 * Stages, each once, then the runs: in the order of `specs`, but those that match another run's
 * token-steps last. A run of `spt` that is needed for that and is not asked for is added.
 */
export function linesOf(specs: readonly RunSpec[]): Line[] {
  const stages = { tuning: new Map<string, Line>(), pretraining: new Map<string, Line>() };
  const runs = new Map<string, Line>();
  const add = (to: Map<string, Line>, line: Line): string => {
    if (!to.has(line.id)) to.set(line.id, line);
    return line.id;
  };
  const tuningOf = (spec: RunSpec): string | undefined => {
    const id = tuningIdOf(spec);
    return id && add(stages.tuning, { kind: 'tuning', id, spec: tuningSpecOf(spec) });
  };
  const stage = (
    kind: 'pretraining' | 'run',
    id: string,
    spec: RunSpec,
    parent?: string,
  ): Line => ({
    kind,
    id,
    ...(parent !== undefined && { parent }),
    spec,
  });
  const addRun = (spec: RunSpec): string =>
    add(runs, stage('run', idOf(spec), spec, parentOf(spec)));
  const parentOf = (spec: RunSpec): string | undefined => {
    if (isMatched(spec.regime)) return addRun(sptSpecOf(spec));
    if (spec.regime !== 'spt') return tuningOf(spec);
    const id = pretrainingIdOf(spec);
    return add(stages.pretraining, stage('pretraining', id, spec, tuningOf(spec)));
  };
  for (const spec of specs) addRun(spec);
  const all = [...runs.values()];
  return [
    ...stages.tuning.values(),
    ...stages.pretraining.values(),
    ...all.filter(({ spec }) => !isMatched(spec.regime)),
    ...all.filter(({ spec }) => isMatched(spec.regime)),
  ];
}

/** The id that a line's spec hashes to. */
function idOfLine({ kind, spec }: Pick<Line, 'kind' | 'spec'>): string | undefined {
  if (kind === 'run') return idOf(spec);
  return kind === 'tuning' ? tuningIdOf(spec) : pretrainingIdOf(spec);
}

export function encodeManifest(lines: readonly Line[]): string {
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}

export async function writeManifest(folder: string, lines: readonly Line[]): Promise<string> {
  const path = join(folder, manifestName);
  await writeWhole(path, encodeManifest(lines));
  return path;
}

/**
 * The lines of a manifest.
 *
 * @param path the file, or the folder it is in
 * @throws UsageError naming the line and the field that is wrong
 */
export async function readManifest(path: string): Promise<Line[]> {
  const isFolder = (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
  const file = isFolder ? join(path, manifestName) : path;
  const text = await readFile(file, 'utf8').catch(() => {
    throw new UsageError(
      `There is no manifest ${file}; write one with npm run evaluate -- plan --out DIR.`,
    );
  });
  const lines = text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line, i) => parseLine(line, `${file}, line ${i + 1}`));
  if (lines.length === 0) throw new UsageError(`${file} has no line; plan it again.`);
  const first = new Map<string, number>();
  for (const [i, { kind, id }] of lines.entries()) {
    const earlier = first.get(`${kind} ${id}`);
    if (earlier !== undefined)
      throw new UsageError(
        `${file}, line ${i + 1}: is the same ${kind} as line ${earlier + 1}; remove one of them.`,
      );
    first.set(`${kind} ${id}`, i);
  }
  return lines;
}

function parseLine(text: string, where: string): Line {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    throw new UsageError(`${where} is not JSON; plan it again.`);
  }
  const parsed = lineSchema.safeParse(data);
  if (!parsed.success) throw new UsageError(`${where}: ${issueOf(parsed.error)}.`);
  const line = parsed.data;
  const { benchmark } = line.spec;
  if (benchmark !== benchmarkVersion) throw new UsageError(`${where}: ${otherVersion(benchmark)}`);
  const expected = idOfLine(line);
  if (line.id !== expected) {
    throw new UsageError(
      `${where}: id is ${line.id}, but its spec hashes to ${expected ?? 'none'}; it was made by another version or edited: plan it again.`,
    );
  }
  return line;
}
