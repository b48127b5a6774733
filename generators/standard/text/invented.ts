/** An invented review in the format of the task Text, for pages that cannot copy real ones. */
import type { Example } from '../../task.ts';

const review =
  'I went in expecting another tired heist picture and came out grinning. The plan is silly, ' +
  'the safe is sillier, and halfway through the crew forgets what it came to steal. But the two ' +
  'leads are a joy together, and the last ten minutes made me forgive every one of the others.';

/** A favourable review, cut to `length` bytes; a token is a byte + 1. */
export function inventReview({ length }: { length: number }): Example {
  const tokens = Array.from(review.slice(0, length), (character) => character.charCodeAt(0) + 1);
  return { tokens, label: 1, group: 0, distance: 0 };
}
