/**
 * Everything that a mixer of your own may build on: the only file of models/ that a submission may
 * import. A name that is listed here stays, with its meaning, until a new major version.
 */

// What a mixer is.
export { buildMixer } from './mixer.ts';
export type { Mixer, MixerDefinition, MixerInput, MixerShape } from './mixer.ts';
export { OptionError } from '../core/errors.ts';
export { stream as fixedStream } from '../core/random.ts';

// Parameters and their initial values.
export { bias, intoResidual, learnsAt, matrix, residualGain } from './parameters.ts';
export type { Parameter, ParameterTree, Tensors, TensorsOf } from './parameters.ts';
export { constant, fanIn, normal, ones, uniform, values, zeros } from './ops/initialise.ts';
export type { Initialiser } from './ops/initialise.ts';

// Tensors.
export { dims, pad, split, splitSizes, unstack, withGradient } from './ops/tensors.ts';
export { cumulate } from './ops/cumulate.ts';
export { dense, denseColumns } from './ops/dense.ts';
export { denseGelu, geluDense, overRoot2, scaledGelu, silu } from './ops/activations.ts';
export { layerNorm, normParameters } from './ops/norm.ts';
export { groupNorm, rootMeanSquareNorm } from './ops/headNorm.ts';
export { lastPosition, meanPosition, usedPositions, withoutPadding } from './ops/readout.ts';
export { exponential, product, rotation } from './ops/complex.ts';
export type { Complex } from './ops/complex.ts';

// Convolutions, recurrences and chunks.
export { convolve, convolveLast, toeplitz } from './ops/convolution.ts';
export type { Kernels } from './ops/convolution.ts';
export { neighbourhoods, shortConvolution } from './ops/shortConvolution.ts';
export { shortConvolve, shortConvolveLast, shortKernel } from './ops/shortConvolution.ts';
export { complexScan, scan } from './ops/scan.ts';
export { chunksFrom, decaysWithin, fromChunks, intoChunks, lowerTriangle } from './ops/chunks.ts';
export { invertUnitLower, statesBefore } from './ops/deltaRule.ts';
export { blocks, unblock, windows, withPrevious } from './ops/windows.ts';
export { gatherBlocks } from './ops/gatherBlocks.ts';
export { realTransform, realTransformLast } from './ops/fourier.ts';
export { legs } from './ops/hippo.ts';

// Attention.
export { attend, attentionParameters, checkHeads } from './attention/attention.ts';
export { mergeHeads, outOfReach, padding, projection, splitHeads } from './attention/attention.ts';
export type { AttentionTensors } from './attention/attention.ts';
export type { Attention } from './attention/scores.ts';
export { fullAttention } from './attention/full.ts';
export { blockAttention, projectHeads, withSeeingEnds } from './attention/block.ts';
export type { BlockPattern, Ends, Heads } from './attention/block.ts';
export { attendByFeatures, queriesKeysValues } from './attention/feature.ts';
export { decayedAttention } from './attention/decayed.ts';
export { addedPositions, additive, alibiSlopes, checkRotary } from './attention/positions.ts';
export { positionsSchema, positionsWithoutAlibi, rotate } from './attention/positions.ts';
export type { Positions } from './attention/positions.ts';

// State spaces and gated recurrences.
export { convolutionBlock, convolutionBlockParameters } from './recurrence/convolutionBlock.ts';
export { bothSides, withSkip } from './recurrence/convolutionBlock.ts';
export { gatedOutput, gatedOutputParameters } from './recurrence/gatedOutput.ts';
export { bidirectionalStates } from './recurrence/bidirectional.ts';
export { checkSteps, imaginaryParts, zeroOrderHold } from './recurrence/diagonal.ts';
export { stateSpaceKernels, stateSpaceParameters } from './recurrence/diagonal.ts';
export { headRateParameters, randomStepBias, stateRates } from './recurrence/selective.ts';
export { selectiveScan, selectiveScanLast } from './recurrence/selectiveScan.ts';
