/**
 * Grey levels of drawn pictures whose pixels are tokens: few, so that each is seen often.
 */

const step = 17;

/** The nearest of the 16 levels that a picture may have, 0 to 255 in equal steps. */
export const quantised = (level: number): number => Math.round(level / step) * step;
