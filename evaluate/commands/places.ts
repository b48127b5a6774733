/** The flags that say where records and data are and what runs are done with. */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { engineNames } from '../engine/open.ts';
import { parseCount, parseList } from './flags.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const cores = availableParallelism();

export const placeFlags = {
  threads: { type: 'string', default: '1' },
  engine: { type: 'string', default: 'onnx-cpu' },
  out: { type: 'string', default: join(root, 'leaderboards', 'runs') },
  work: { type: 'string', default: join(root, 'data') },
  sources: { type: 'string' },
  force: { type: 'boolean', default: false },
} as const;

export const placeHelp = `  --threads N           threads of one run (default 1)
  --engine NAME         ${engineNames.join(', ')} (default onnx-cpu)
  --out DIR             records (default leaderboards/runs)
  --work DIR            checkpoints, pretrained models, locks and data sets (default data)
  --sources DIR         real data (default ../shared/data, else data/sources)
  --force               runs again what has a record`;

export interface Settings {
  engine: string;
  threads: number;
  out: string;
  work: string;
  sources?: string | undefined;
  force: boolean;
}

interface PlaceValues {
  threads: string;
  engine: string;
  out: string;
  work: string;
  sources?: string | undefined;
  force: boolean;
}

export function parsePlace(values: PlaceValues): Settings {
  const [engine] = parseList(values.engine, '--engine', z.enum(engineNames));
  const threads = parseCount(values.threads, '--threads', 1);
  const { out, work, sources, force } = values;
  return { engine: engine!, threads, out, work, sources, force };
}

/** Runs at a time: as asked, or as many as the cores here are enough for. */
export function parseJobs(text: string | undefined, threads: number): number {
  if (text === undefined) return Math.max(1, Math.floor(cores / threads));
  return parseCount(text, '--jobs', 1);
}

export const jobsHelp = `  --jobs N              runs at a time (default ${cores}, the cores here, over --threads)`;
