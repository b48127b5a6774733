/**
 * Every mixer by name. To add one: write `mixers/<name>.ts`, put it in this list.
 */
import { OptionError, unknown } from '../core/errors.ts';
import { createModel } from './backbone/backbone.ts';
import type { ModelShape } from './backbone/shape.ts';
import type { MixerDefinition } from './mixer.ts';
import { bagOfNgrams } from './mixers/bagOfNgrams.ts';
import { bigBird } from './mixers/bigBird.ts';
import { blockLocal } from './mixers/blockLocal.ts';
import { boundedConv } from './mixers/boundedConv.ts';
import { dss } from './mixers/dss.ts';
import { fnet } from './mixers/fnet.ts';
import { gmlp } from './mixers/gmlp.ts';
import { gatedDeltanet } from './mixers/gatedDeltanet.ts';
import { hawk } from './mixers/hawk.ts';
import { hyena } from './mixers/hyena.ts';
import { las } from './mixers/las.ts';
import { linearAttention } from './mixers/linearAttention.ts';
import { linformer } from './mixers/linformer.ts';
import { local } from './mixers/local.ts';
import { longConv } from './mixers/longConv.ts';
import { longformer } from './mixers/longformer.ts';
import { lru } from './mixers/lru.ts';
import { mega } from './mixers/mega.ts';
import { mingru } from './mixers/mingru.ts';
import { mamba } from './mixers/mamba.ts';
import { mamba2 } from './mixers/mamba2.ts';
import { nystromformer } from './mixers/nystromformer.ts';
import { performer } from './mixers/performer.ts';
import { reformer } from './mixers/reformer.ts';
import { retnet } from './mixers/retnet.ts';
import { rwkv7 } from './mixers/rwkv7.ts';
import { s4 } from './mixers/s4.ts';
import { s4d } from './mixers/s4d.ts';
import { s5 } from './mixers/s5.ts';
import { sgconv } from './mixers/sgconv.ts';
import { sinkhorn } from './mixers/sinkhorn.ts';
import { sparse } from './mixers/sparse.ts';
import { synthesizer } from './mixers/synthesizer.ts';
import { transformer } from './mixers/transformer.ts';
import { parseOptions } from './options.ts';
import type { Size } from './backbone/size.ts';

/** Options differ from mixer to mixer; each one's schema checks them, not this type. */
export type AnyMixer = MixerDefinition;

/** By family, older ones first. */
export const mixers: readonly AnyMixer[] = [
  // attention
  transformer,
  las,
  // local attention
  local,
  blockLocal,
  // efficient attention
  sparse,
  reformer,
  sinkhorn,
  longformer,
  linformer,
  bigBird,
  synthesizer,
  linearAttention,
  performer,
  nystromformer,
  fnet,
  // state space
  s4,
  dss,
  s4d,
  s5,
  mega,
  lru,
  mamba,
  mamba2,
  // convolution
  gmlp,
  sgconv,
  longConv,
  hyena,
  // recurrence
  retnet,
  mingru,
  hawk,
  gatedDeltanet,
  rwkv7,
  // control
  bagOfNgrams,
  boundedConv,
];

/** Mixers of this process alone. */
const added: AnyMixer[] = [];

/**
 * Makes a mixer known to `findMixer` in this process: for the one process that trains a submission.
 *
 * @throws OptionError where a mixer has its name
 */
export function addMixer(mixer: AnyMixer): void {
  if ([...mixers, ...added].some(({ name }) => name === mixer.name)) {
    throw new OptionError(`A model is called '${mixer.name}' already; choose another name.`);
  }
  added.push(mixer);
}

/** @throws OptionError with the known names and the nearest one */
export function findMixer(name: string): AnyMixer {
  const all = [...mixers, ...added];
  const found = all.find((mixer) => mixer.name === name);
  if (found) return found;
  const names = all.map((mixer) => mixer.name);
  throw new OptionError(unknown('model', name, names));
}

/** The facts by which a reader chooses a model. */
export interface ModelRow {
  name: string;
  title: string;
  family: string;
  year: number;
  paper: { title: string; url: string };
  direction: 'causal' | 'bidirectional';
  /** Tokens to either side, through all blocks; Infinity for all. */
  reach: number;
  cost: string;
  parameters: number;
  feedForward: number;
  stateSize: number;
}

/** One row for every model with its default options, at a given shape and size. */
export function modelRows(shape: ModelShape, size: Size): ModelRow[] {
  return mixers.map((mixer) => {
    const { name, title, family, year, paper, causal, cost } = mixer;
    const model = createModel(mixer, parseOptions(mixer, {}), shape, size);
    const { reach, parameterCount, feedForward, stateSize } = model;
    const direction = causal ? 'causal' : 'bidirectional';
    const counts = { parameters: parameterCount, feedForward, stateSize };
    return { name, title, family, year, paper, direction, reach, cost, ...counts };
  });
}
