/**
 * A mixer: the one part of a model that moves information between positions.
 * Everything else (embedding, norms, feed-forward, read-out, head) is the shared backbone.
 *
 * A mixer is a function [B, L, d] -> [B, L, d] with its parameters and its reach. A definition
 * describes a family of mixers; `create` fixes length, width and options and checks them.
 */
import type { Tensor } from '@tensorflow/tfjs';
import type { z } from 'zod';
import type { Family } from '../core/vocabulary.ts';
import type { ParameterTree, TensorsOf } from './parameters.ts';

export interface MixerShape {
  /** Tokens per sequence, L. */
  length: number;
  /** Channels per token, d. */
  width: number;
  /** Blocks in the model: projections into the residual stream start smaller by 1/√(2·layers). */
  layers: number;
}

/** Position vectors that the backbone adds to the embedding, for a mixer that asks for them. */
export type AdditivePositions = 'sinusoidal' | 'learned';

/** Facts about the batch, besides the tokens' channels. */
export interface MixerInput {
  /** [B, L], 1 for a token and 0 for padding; absent where a task has no padding. */
  mask?: Tensor | undefined;
  /**
   * True in the last block of a model that is read out at the last position alone: only that position
   * of the output is used, so a mixer may return [B, 1, d] and save the rest of its work.
   */
  lastOnly?: boolean;
  /**
   * [B, L, d], the residual stream before the norm that made x of it, for a mixer that gates it; x
   * itself where it is absent.
   */
  stream?: Tensor;
}

export interface Mixer<Tree extends ParameterTree = ParameterTree> {
  parameters: Tree;
  /**
   * How many tokens to either side of a position its output can depend on; Infinity for all.
   * A model of n such blocks has reach n times this.
   */
  reach: number;
  /** Exact reach of n such blocks, where it is less than n times `reach`, as with disjoint blocks. */
  reachOf?(blocks: number): number;
  /** Positions to add to the embedding; none when absent. */
  positions?: AdditivePositions | undefined;
  /** Numbers a causal recurrence of this mixer would carry per sequence; keys and values for attention. */
  stateSize: number;
  /** x [B, L, d] -> [B, L, d], or [B, 1, d] where `lastOnly` allows it. Pure: same tensors in, same tensor out; traced once, then compiled. */
  apply(x: Tensor, parameters: TensorsOf<Tree>, input: MixerInput): Tensor;
}

/** A mixer whose `apply` knows its parameters by the names in `parameters`, which stands before it. */
export function buildMixer<Tree extends ParameterTree>(mixer: Mixer<Tree>): Mixer {
  return mixer;
}

/**
 * Tokens to either side that one position can depend on through `blocks` blocks of a mixer; Infinity
 * for all.
 */
export const reachThrough = ({ reach, reachOf }: Mixer, blocks: number): number =>
  reachOf?.(blocks) ?? blocks * reach;

export interface MixerDefinition<Options extends z.ZodObject = z.ZodObject> {
  name: string;
  /** As a reader knows it: `Transformer`, `S4D`. */
  title: string;
  family: Family;
  year: number;
  paper: { title: string; url: string };
  /** True where position i never depends on a later position; decides the SPT objective. */
  causal: boolean;
  /** Order of the time for one sequence of L tokens, such as `L²`. */
  cost: string;
  /** Where it is not what its authors published, one sentence each, as a reader of its page needs them. */
  notes?: readonly string[];
  /**
   * What the same parameters do otherwise in a longer sequence, one sentence, where a token's output
   * depends on how many tokens the sequence has and not on what they are: beyond the trained length
   * such a model is another function. Undefined for all others.
   */
  stretches?(options: z.output<Options>): string | undefined;
  /** Every option with its default; unknown options are refused. */
  options: Options;
  /** @throws OptionError naming the option and the allowed range, before any work. */
  create(shape: MixerShape, options: z.output<Options>): Mixer;
}
