/** The flags that say where records and data are and what runs are done with. */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { UsageError } from '../../core/errors.ts';
import { engineNames } from '../engine/open.ts';
import { schedule, type Asked } from '../launch/schedule.ts';
import type { Line } from '../plan/manifest.ts';
import { parseCount, parseList } from './flags.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const cores = availableParallelism();

export const placeFlags = {
  threads: { type: 'string', default: '1' },
  'micro-batch': { type: 'string' },
  spinning: { type: 'string', default: 'auto' },
  engine: { type: 'string', default: 'onnx-cpu' },
  out: { type: 'string', default: join(root, 'leaderboards', 'runs') },
  work: { type: 'string', default: join(root, 'data') },
  sources: { type: 'string' },
  force: { type: 'boolean', default: false },
} as const;

export const placeHelp = `  --threads N           threads of one run, or auto (default 1)
  --micro-batch N       examples a pass, which must divide the batch: less memory, the same gradient
                        but for rounding (default the whole batch)
  --spinning WHEN       whether threads that wait keep their core busy: on, off or auto, which is off
                        where runs share cores (default auto)
  --engine NAME         ${engineNames.join(', ')} (default onnx-cpu)
  --out DIR             records (default leaderboards/runs)
  --work DIR            checkpoints, pretrained models, locks and data sets (default data)
  --sources DIR         real data (default ../shared/data, else data/sources)
  --force               runs again what has a record`;

export interface Settings {
  engine: string;
  threads: Asked;
  /** Examples a pass; the whole batch where absent. */
  microBatch?: number | undefined;
  /** Whether waiting threads keep their core busy; decided by who shares cores where absent. */
  spinning?: boolean | undefined;
  out: string;
  work: string;
  sources?: string | undefined;
  force: boolean;
}

interface PlaceValues {
  threads: string;
  'micro-batch'?: string | undefined;
  spinning: string;
  engine: string;
  out: string;
  work: string;
  sources?: string | undefined;
  force: boolean;
}

export function parsePlace(values: PlaceValues): Settings {
  const [engine] = parseList(values.engine, '--engine', z.enum(engineNames));
  const [spinning] = parseList(values.spinning, '--spinning', z.enum(['on', 'off', 'auto']));
  const micro = values['micro-batch'];
  const { out, work, sources, force } = values;
  return {
    engine: engine!,
    threads: parseAsked(values.threads, '--threads'),
    ...(micro !== undefined && { microBatch: parseCount(micro, '--micro-batch', 1) }),
    ...(spinning !== 'auto' && { spinning: spinning === 'on' }),
    ...{ out, work, sources, force },
  };
}

function parseAsked(text: string, flag: string): Asked {
  if (text === 'auto') return 'auto';
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new UsageError(`${flag} is '${text}', expected a whole number from 1 on, or auto.`);
}

/** Runs at a time: as asked, or as many as the cores here are enough for. */
function parseJobs(text: string | undefined, threads: Asked): Asked {
  if (text !== undefined) return parseAsked(text, '--jobs');
  return threads === 'auto' ? 'auto' : Math.max(1, Math.floor(cores / threads));
}

/** The settings with numbers of runs at a time and threads, measured where `auto` was asked for. */
export async function scheduled(
  lines: readonly Line[],
  place: Settings,
  jobs: string | undefined,
): Promise<Settings & { threads: number; jobs: number }> {
  const asked = { jobs: parseJobs(jobs, place.threads), threads: place.threads };
  return { ...place, ...(await schedule(lines, asked, place)) };
}

export const jobsHelp = `  --jobs N              runs at a time, or auto (default ${cores}, the cores here, over --threads);
                        auto: some seconds of trial steps choose between more runs at a time and
                        more threads each, within the memory that is predicted`;
