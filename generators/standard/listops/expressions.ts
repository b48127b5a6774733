/**
 * The expressions of ListOps: tokens, operators and their values.
 *
 * Token ids are those of LRA's loader, the 15 symbols without parentheses: 0 is padding, a digit is
 * its value + 1, then come the operators and `]`.
 */

/** Symbols by token id. */
export const symbols = ['', ...'0123456789', '[MIN', '[MAX', '[MED', '[SM', ']'] as const;
export const operators = 4;
/** Numbers of the operators, in the order of their tokens. */
export const [MIN, MAX, MED, SM] = [0, 1, 2, 3] as const;
export const firstOperator = symbols.indexOf('[MIN');
export const end = symbols.indexOf(']');

/** Token of a digit. */
export const tokenOf = (digit: number) => digit + 1;

/**
 * Value of an operator over the `count` digits from `first` on, which MED sorts: minimum, maximum,
 * median rounded down, or sum modulo 10.
 */
export function evaluate(
  operator: number,
  digits: Uint8Array,
  first: number,
  count: number,
): number {
  const last = first + count - 1;
  let value = digits[first]!;
  switch (operator) {
    case MIN:
      for (let i = first + 1; i <= last; i++) value = Math.min(value, digits[i]!);
      return value;
    case MAX:
      for (let i = first + 1; i <= last; i++) value = Math.max(value, digits[i]!);
      return value;
    case SM:
      for (let i = first + 1; i <= last; i++) value += digits[i]!;
      return value % 10;
    default:
      sort(digits, first, last);
      return (digits[first + ((count - 1) >> 1)]! + digits[first + (count >> 1)]!) >> 1;
  }
}

/** By insertion, which beats the built-in sort at up to ten digits. */
function sort(digits: Uint8Array, first: number, last: number): void {
  for (let i = first + 1; i <= last; i++) {
    const digit = digits[i]!;
    let place = i;
    for (; place > first && digits[place - 1]! > digit; place--) digits[place] = digits[place - 1]!;
    digits[place] = digit;
  }
}

/** The symbols of an expression in one line; padding is left out. */
export function wordsOf(tokens: ArrayLike<number>): string[] {
  return Array.from(tokens, (token) => symbols[token]!).filter((word) => word !== '');
}
