/** What is wrong with a submission: the file, the field in it, what was found and what was expected. */
import { DataError } from '../../core/errors.ts';
import { displayName } from '../../leaderboards/records/names.ts';

export class SubmissionError extends DataError {
  override name = 'SubmissionError';
  readonly file: string;
  readonly field: string;
  readonly problem: string;

  /**
   * @param file name within the submission's folder, or of the folder
   * @param field path of the field, such as `results[0].seed`; text of strangers already bounded
   * @param problem rest of the sentence
   */
  constructor(file: string, field: string, problem: string) {
    super(`${displayName(file, 80)}: ${field} ${problem}.`);
    this.file = file;
    this.field = field;
    this.problem = problem;
  }
}

/** Characters of a text that are looked at, of which fewer are shown. */
const most = 400;

/** Characters that a reader cannot see, and spaces at either end. */
const unseen = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cs}]|^ | $/gu;

/**
 * Whatever a stranger wrote, fit for an error: short, on one line, of known type, and with what cannot
 * be seen written as `\\uFEFF`.
 */
export function shown(value: unknown): string {
  if (typeof value === 'string')
    return value === '' ? 'empty' : `"${displayName(visible(value.slice(0, most)))}"`;
  if (value === undefined) return 'missing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'object') return 'an object';
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : typeof value;
}

/** The text as in JSON, with a code for every character that is not seen. */
function visible(text: string): string {
  const code = (character: string) => {
    const hex = character.codePointAt(0)!.toString(16).toUpperCase();
    return hex.length > 4 ? `\\u{${hex}}` : `\\u${hex.padStart(4, '0')}`;
  };
  return JSON.stringify(text).slice(1, -1).replace(unseen, code);
}
