/** What the author of a mixer in the form of benchmark 1.0 is told. */

/** The rest of a sentence. */
export const oldForm =
  'gives parameters as a list, the form of benchmark 1.0; since 2.0 they stand by name, parameters: { gain: { shape, initialise } }, buildMixer takes what create returns, and all imports are from models/index.ts: copy leaderboards/examples/architecture/mixer.ts';
