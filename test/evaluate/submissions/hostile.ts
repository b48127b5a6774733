/** Submissions that must be refused, each with the file and the field that the refusal must name. */
import fc from 'fast-check';
import {
  wrongType,
  missing,
  hugeNumber,
  badText,
  badName,
  badLink,
  climbing,
  prototypeKey,
  unknownKey,
  badJson,
  truncatedJson,
  contradiction,
  unknownTask,
} from './hostile/descriptions.ts';
import { specialEntry, linkedFile, giantFile, otherFiles } from './hostile/files.ts';
import { badCell, badRows, badBytes } from './hostile/predictions.ts';
import { badModel, truncatedModel, noModel } from './hostile/models.ts';
import { badMixer } from './hostile/mixers.ts';
import type { Hostile } from './hostile/valid.ts';

/** Every way to be refused, each as likely as its share of what can go wrong. */
export const hostile: fc.Arbitrary<Hostile> = fc.oneof(
  { weight: 3, arbitrary: wrongType },
  { weight: 2, arbitrary: missing },
  { weight: 2, arbitrary: hugeNumber },
  { weight: 2, arbitrary: badText },
  { weight: 1, arbitrary: badName },
  { weight: 2, arbitrary: badLink },
  { weight: 2, arbitrary: climbing },
  { weight: 2, arbitrary: prototypeKey },
  { weight: 1, arbitrary: unknownKey },
  { weight: 2, arbitrary: badJson },
  { weight: 1, arbitrary: truncatedJson },
  { weight: 1, arbitrary: contradiction },
  { weight: 1, arbitrary: unknownTask },
  { weight: 2, arbitrary: specialEntry },
  { weight: 1, arbitrary: linkedFile },
  { weight: 1, arbitrary: giantFile },
  { weight: 1, arbitrary: otherFiles },
  { weight: 3, arbitrary: badCell },
  { weight: 2, arbitrary: badRows },
  { weight: 1, arbitrary: badBytes },
  { weight: 6, arbitrary: badModel },
  { weight: 1, arbitrary: truncatedModel },
  { weight: 1, arbitrary: noModel },
  { weight: 4, arbitrary: badMixer },
);
