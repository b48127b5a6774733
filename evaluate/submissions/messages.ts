/** Reads the fields of nested messages of one file, each named by its path where it is wrong. */
import { SubmissionError } from './errors.ts';
import { readMessage, readVarints, type Field } from './wire.ts';

export type Message = Map<number, Field[]>;

/** Most messages of a file, and bytes of a name: what is refused is refused soon. */
const mostMessages = 1_000_000;
const mostNameBytes = 4096;

export class Messages {
  readonly bytes: Uint8Array;
  readonly #file: string;
  /** What is read at the moment. */
  path = 'the model';
  #count = 0;

  constructor(bytes: Uint8Array, file: string) {
    this.bytes = bytes;
    this.#file = file;
  }

  wrong(path: string, problem: string): SubmissionError {
    return new SubmissionError(this.#file, path, problem);
  }

  message(field: Field, path: string): Message {
    this.path = path;
    if (field.wire !== 2) throw this.wrong(path, 'is no message, expected one');
    if (++this.#count > mostMessages)
      throw this.wrong(path, `is the file's part ${mostMessages + 1}, expected fewer`);
    return readMessage(this.bytes, field.start, field.end);
  }

  /** A field that may stand once: two would be merged by some readers and not by others. */
  only(message: Message, number: number, path: string): Field | undefined {
    const fields = message.get(number) ?? [];
    if (fields.length > 1)
      throw this.wrong(path, `stands there ${fields.length} times, expected once`);
    return fields[0];
  }

  messageOf(message: Message, number: number, path: string): Message | undefined {
    const field = this.only(message, number, path);
    return field && this.message(field, path);
  }

  number(message: Message, number: number, path: string): number | undefined {
    const field = this.only(message, number, path);
    if (field && field.wire !== 0) throw this.wrong(path, 'is no number, expected one');
    return field?.value;
  }

  numbers(message: Message, number: number, path: string): number[] {
    this.path = path;
    return (message.get(number) ?? []).flatMap((field) => {
      if (field.wire === 0) return [field.value];
      if (field.wire !== 2 || field.end - field.start > 1000)
        throw this.wrong(path, 'is no short list of numbers, expected one');
      return readVarints(this.bytes, field.start, field.end);
    });
  }

  text(message: Message, number: number, path: string): string | undefined {
    const field = this.only(message, number, path);
    return field && this.textOf(field, path);
  }

  /** The texts of a repeated field. */
  texts(message: Message, number: number, path: string): string[] {
    return (message.get(number) ?? []).map((field, i) => this.textOf(field, `${path}[${i}]`));
  }

  textOf(field: Field, path: string): string {
    if (field.wire !== 2) throw this.wrong(path, 'is no text, expected one');
    const bytes = field.end - field.start;
    if (bytes > mostNameBytes)
      throw this.wrong(path, `has ${bytes} bytes, expected at most ${mostNameBytes}`);
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(
        this.bytes.subarray(field.start, field.end),
      );
    } catch {
      throw this.wrong(path, 'is not valid UTF-8');
    }
  }

  /** @throws SubmissionError if the field is there; `advice` says how to do without */
  none(message: Message, number: number, path: string, advice = 'it is not supported here'): void {
    if (message.has(number)) throw this.wrong(path, `is there, expected none: ${advice}`);
  }
}
