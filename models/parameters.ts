/**
 * Parameters that a mixer declares, and the tensors that it gets for them, under the same names.
 *
 *   parameters: { input: matrix(width, inner), inputBias: bias(inner), norm: normParameters(inner) }
 *   apply(x, { input, inputBias, norm }) { … norm.gain … }
 */
import type { Tensor } from '@tensorflow/tfjs';
import { fanIn, uniform, zeros, type Initialiser } from './ops/initialise.ts';

export interface Parameter {
  shape: number[];
  initialise: Initialiser;
  /** Factor on the learning rate; 1 when absent. */
  learningRate?: number;
  /** Whether weight decay applies; true when absent. False for biases, norms and state-space rates. */
  decay?: boolean;
  /**
   * True where the number of values grows with the sequence: position tables, free kernels, learned
   * projections of positions. They depend on the task's length and not on the architecture's
   * capacity, so they are counted apart and take no part in matching the sizes of models.
   */
  perPosition?: boolean;
}

/** A parameter of a whole model. */
export interface NamedParameter extends Parameter {
  /** Path of names, joined by dots: `block0.mixer.norm.gain`. */
  name: string;
}

/** Parameters by name, in groups or not. An undefined one is not there. */
export interface ParameterTree {
  readonly [name: string]: Parameter | ParameterTree | undefined;
}

/** The tensors of declared parameters: the same tree, with a tensor for each parameter. */
export type TensorsOf<Tree> = Tree extends Parameter
  ? Tensor
  : { readonly [Name in keyof Tree]: TensorsOf<Tree[Name]> };

/** Tensors of a model's parameters by their paths of names. */
export type TensorRecord = Readonly<Record<string, Tensor>>;

/** A tensor under each of the names. */
export type Tensors<Names extends string> = Readonly<Record<Names, Tensor>>;

/** Parameters of a group: those that are always there, and those that an option adds. */
export type Parameters<Names extends string, Added extends string = never> = Record<
  Names,
  Parameter
> & { [Name in Added]?: Parameter };

/** A matrix that keeps the variance of its inputs, times `gain` squared: [inputs, outputs]. */
export const matrix = (inputs: number, outputs: number, gain = 1): Parameter => ({
  shape: [inputs, outputs],
  initialise: fanIn(inputs, gain),
});

/**
 * A matrix uniform within gain/√inputs, as PyTorch's Linear starts, of variance 1/(3 inputs):
 * [inputs, outputs].
 */
export const uniformMatrix = (inputs: number, outputs: number, gain = 1): Parameter => {
  const bound = gain / Math.sqrt(inputs);
  return { shape: [inputs, outputs], initialise: uniform(-bound, bound) };
};

/** A bias: [channels], 0 at the start, without weight decay. */
export const bias = (channels: number): Parameter => ({
  shape: [channels],
  initialise: zeros,
  decay: false,
});

/** Factor on what a layer starts to add to the residual stream: 1/√(2·layers), as in GPT-2. */
export const residualGain = (layers: number): number => 1 / Math.sqrt(2 * layers);

/** A projection into the residual stream, smaller by 1/√(2·layers) at the start: [inputs, width]. */
export const intoResidual = (
  inputs: number,
  { width, layers }: { width: number; layers: number },
): Parameter => matrix(inputs, width, residualGain(layers));

/** Training at a factor of the learning rate, without weight decay: part of a parameter. */
export const learnsAt = (learningRate: number) => ({ learningRate, decay: false }) as const;

const isParameter = (node: Parameter | ParameterTree): node is Parameter =>
  typeof node.initialise === 'function';

/** The parameters of a tree, in its order, each with its path of names. */
export function named(tree: ParameterTree, prefix = ''): NamedParameter[] {
  return Object.entries(tree).flatMap(([name, node]): NamedParameter[] => {
    if (node === undefined) return [];
    const path = prefix + name;
    return isParameter(node) ? [{ ...node, name: path }] : named(node, `${path}.`);
  });
}

/**
 * The tensors of a tree from those of its named parameters; tensors of other names are left out.
 *
 * @throws Error where one is missing
 */
export function tensorsOf<Tree extends ParameterTree>(
  tree: Tree,
  given: TensorRecord,
  prefix = '',
): TensorsOf<Tree> {
  const entries = Object.entries(tree).flatMap(([name, node]): [string, unknown][] => {
    if (node === undefined) return [];
    const path = prefix + name;
    if (!isParameter(node)) return [[name, tensorsOf(node, given, `${path}.`)]];
    const tensor = given[path];
    if (!tensor) throw new Error(`There is no tensor for the parameter ${path}.`);
    return [[name, tensor]];
  });
  return Object.fromEntries(entries) as TensorsOf<Tree>;
}
