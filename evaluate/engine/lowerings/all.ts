/** All lowerings. To add a missing kernel, put it into the file of its kind. */
import { convolutions } from './convolution.ts';
import { elementwise } from './elementwise.ts';
import { indexing } from './indexing.ts';
import type { Lowerings } from './lowering.ts';
import { matmul } from './matmul.ts';
import { normalise } from './normalise.ts';
import { reductions } from './reductions.ts';
import { shapes } from './shapes.ts';

export const lowerings: Lowerings = {
  ...elementwise,
  ...shapes,
  ...reductions,
  ...matmul,
  ...indexing,
  ...normalise,
  ...convolutions,
};
