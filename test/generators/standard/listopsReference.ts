/** ListOps once more, on texts: what the generator says is held against this. */

/**
 * Value of an expression by rewriting the innermost operators until one digit is left: another way
 * than the generator's, on the text and not on token ids.
 */
export function rewrite(expression: string): number {
  let text = ` ${expression} `;
  const innermost = /\[(MIN|MAX|MED|SM)((?: \d)+) \]/g;
  while (text.includes('['))
    text = text.replace(innermost, (_, operator: string, operands: string) => {
      const digits = operands
        .trim()
        .split(' ')
        .map(Number)
        .sort((a, b) => a - b);
      const n = digits.length;
      const median = n % 2 ? digits[(n - 1) / 2]! : (digits[n / 2 - 1]! + digits[n / 2]!) / 2;
      const sum = digits.reduce((a, b) => a + b);
      return String(
        { MIN: digits[0], MAX: digits[n - 1], MED: Math.floor(median), SM: sum % 10 }[operator],
      );
    });
  return Number(text);
}

/** Positions of the digits that change the value when they alone are changed, and the deepest. */
export function dependencyByTrying(words: string[]): { positions: number[]; depth: number } {
  const value = rewrite(words.join(' '));
  const positions: number[] = [];
  let depth = 0;
  let open = 0;
  words.forEach((word, position) => {
    if (word.startsWith('[')) open++;
    else if (word === ']') open--;
    else {
      const decisive = [...'0123456789'].some(
        (digit) => rewrite(words.with(position, digit).join(' ')) !== value,
      );
      if (!decisive) return;
      positions.push(position);
      depth = Math.max(depth, open);
    }
  });
  return { positions, depth };
}
