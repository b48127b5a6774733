/**
 * Parameters with which a mixer remembers its farthest token, for tests of reach: at their starts these
 * forget within some tens of tokens, so that nothing of the first token is left in float32. Delta rules
 * overwrite what they remember, whatever the rates.
 */
export const remembering: Record<string, Record<string, number>> = {
  mamba2: { logA: -12 },
  'gated-deltanet': { logA: -12 },
  rwkv7: { decayBias: -12, decayOut: 0, rateBias: -12, rateOut: 0, replacement: 0 },
  mingru: { gateBias: -12 },
  hawk: { rate: 12 },
};

/** Mixers that overwrite: only zeros between the ends leave something of the first token. */
export const overwriting = ['gated-deltanet', 'rwkv7'];
