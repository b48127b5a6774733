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

/** Whatever a stranger wrote, fit for an error: short, on one line, of known type. */
export function shown(value: unknown): string {
  if (typeof value === 'string')
    return value === '' ? 'empty' : JSON.stringify(displayName(value.slice(0, most)));
  if (value === undefined) return 'missing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'object') return 'an object';
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : typeof value;
}
