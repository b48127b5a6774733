/**
 * Random structure that is part of an architecture and not of its parameters: which blocks a block
 * sees, along which directions vectors are hashed. It is known by its name alone, so that a model is
 * the same in every run, on every machine and for whoever trains it.
 */
import seedrandom from 'seedrandom';
import type { Random } from '../mixer.ts';

/** Numbers that every stream throws away at its start: the first are simple functions of the name. */
const discarded = 8;

/** Uniform numbers in [0, 1), always the same for a name. */
export function fixedStream(name: string): Random {
  const random = seedrandom.alea(name);
  for (let i = 0; i < discarded; i++) random();
  return random;
}
