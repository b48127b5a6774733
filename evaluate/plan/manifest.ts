/**
 * A manifest: the runs of a plan, one JSON line each, so that an index is all that a worker needs,
 * whatever starts it (a pool here, a Slurm array, any other scheduler).
 *
 * A line is a run, or a pretraining that the `spt` runs after it start from: these name it as their
 * parent. Pretrainings come first. Ids are hashes of the specs, so finished work is known by name.
 */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { UsageError, issueOf } from '../../core/errors.ts';
import { specSchema, type RunSpec } from '../../leaderboards/records/schema.ts';
import { writeWhole } from '../../core/files.ts';
import { idOf, pretrainingIdOf } from './spec.ts';

const id = z.string().regex(/^[0-9a-f]{12}$/, 'expected 12 hex digits');

export const lineSchema = z.strictObject({
  kind: z.enum(['pretraining', 'run']),
  /** Of the run, or of the pretraining. */
  id,
  /** Pretraining that the run starts from. */
  parent: id.optional(),
  /** The run; of a pretraining, the first run that starts from it. */
  spec: specSchema,
});

export type Line = z.infer<typeof lineSchema>;

export const manifestName = 'manifest.jsonl';

/** Pretrainings, each once, then the runs in the order of `specs`. */
export function linesOf(specs: readonly RunSpec[]): Line[] {
  const pretrainings = new Map<string, Line>();
  const runs = specs.map((spec): Line => {
    if (spec.regime !== 'spt') return { kind: 'run', id: idOf(spec), spec };
    const parent = pretrainingIdOf(spec);
    if (!pretrainings.has(parent)) {
      pretrainings.set(parent, { kind: 'pretraining', id: parent, spec });
    }
    return { kind: 'run', id: idOf(spec), parent, spec };
  });
  return [...pretrainings.values(), ...runs];
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
  const expected = line.kind === 'run' ? idOf(line.spec) : pretrainingIdOf(line.spec);
  if (line.id !== expected) {
    throw new UsageError(
      `${where}: id is ${line.id}, but its spec hashes to ${expected}; it was made by another version or edited: plan it again.`,
    );
  }
  return line;
}
