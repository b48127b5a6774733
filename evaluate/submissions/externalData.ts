/**
 * Weights beside the model: exporters write them into a second file by default
 * (https://onnx.ai/onnx/repo-docs/ExternalData.html). They are put into the model here, so that what is
 * checked and run is one file, and nothing but the submission's folder is ever read.
 */
import { shown, type SubmissionError } from './errors.ts';
import { Messages, type Message } from './messages.ts';
import { WireError, type Field } from './wire.ts';

/** Numbers of fields, from onnx.proto. */
const fields = { graph: 7, initializer: 5, raw: 9, external: 13, location: 14 };

/** Reads a file of the folder. */
type Read = (name: string, most: number) => Promise<Uint8Array>;

export interface WholeModel {
  /** The model with all its data inside. */
  bytes: Uint8Array;
  /** Names of the files that its data were in. */
  files: string[];
}

/**
 * @param most bytes that the model may have with all its data
 * @throws SubmissionError naming the tensor whose data cannot be had
 */
export async function withExternalData(
  bytes: Uint8Array,
  file: string,
  { read, most }: { read: Read; most: number },
): Promise<WholeModel> {
  const messages = new Messages(bytes, file);
  try {
    return await new Joiner(messages, read, most).join();
  } catch (error) {
    // What is wrong with the message itself is said by the check that follows.
    if (error instanceof WireError) return { bytes, files: [] };
    throw error;
  }
}

class Joiner {
  readonly #in: Messages;
  readonly #read: Read;
  readonly #most: number;
  readonly #files = new Map<string, Uint8Array>();
  #total: number;

  constructor(messages: Messages, read: Read, most: number) {
    this.#in = messages;
    this.#read = read;
    this.#most = most;
    this.#total = messages.bytes.length;
  }

  async join(): Promise<WholeModel> {
    const { bytes } = this.#in;
    const unchanged = { bytes, files: [] };
    const whole: Field = { wire: 2, value: 0, start: 0, end: bytes.length };
    const model = this.#in.message(whole, 'the model');
    const [graphField, ...others] = model.get(fields.graph) ?? [];
    if (!graphField || others.length > 0 || graphField.wire !== 2) return unchanged;
    const graph = this.#in.message(graphField, 'graph');
    const initializers = graph.get(fields.initializer) ?? [];
    const parts: Uint8Array[] = [];
    for (const [i, field] of initializers.entries()) {
      const path = `graph.initializer[${i}]`;
      const tensor = field.wire === 2 ? this.#in.message(field, path) : undefined;
      parts.push(
        tensor?.has(fields.external)
          ? encoded(fields.initializer, await this.#inlined(tensor, path))
          : this.#copied(fields.initializer, field),
      );
    }
    if (this.#files.size === 0) return unchanged;
    const newGraph = [...this.#allBut(graph, [fields.initializer]), ...parts];
    const joined = [...this.#allBut(model, [fields.graph]), encoded(fields.graph, newGraph)];
    return { bytes: Buffer.concat(joined), files: [...this.#files.keys()] };
  }

  /** The tensor with its numbers inside. */
  async #inlined(tensor: Message, path: string): Promise<Uint8Array[]> {
    const at = `${path}.external_data`;
    if (tensor.has(fields.raw)) throw this.#wrong(at, 'is there, but the numbers are here too');
    const entries = new Map<string, string>();
    for (const field of tensor.get(fields.external)!) {
      const entry = this.#in.message(field, at);
      entries.set(this.#in.text(entry, 1, at) ?? '', this.#in.text(entry, 2, at) ?? '');
    }
    const name = entries.get('location') ?? '';
    if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(name) || name === 'submission.json')
      throw this.#wrong(
        at,
        `lies in ${shown(name)}, expected the plain name of a file of this folder`,
      );
    const data = this.#files.get(name) ?? (await this.#read(name, this.#most));
    this.#files.set(name, data);
    const offset = this.#count(entries.get('offset'), 0, at);
    const length = this.#count(entries.get('length'), data.length - offset, at);
    if (offset + length > data.length || length < 0)
      throw this.#wrong(
        at,
        `asks for bytes ${offset} to ${offset + length} of ${shown(name)}, which has ${data.length}; submit the data file of this model`,
      );
    this.#total += length;
    if (this.#total > this.#most)
      throw this.#wrong(at, `brings the model to more than ${this.#most} bytes, expected fewer`);
    return [
      ...this.#allBut(tensor, [fields.external, fields.location]),
      encoded(fields.raw, [data.subarray(offset, offset + length)]),
    ];
  }

  #count(text: string | undefined, otherwise: number, path: string): number {
    if (text === undefined) return otherwise;
    if (!/^\d{1,12}$/.test(text))
      throw this.#wrong(path, `has ${shown(text)}, expected a number of bytes`);
    return Number(text);
  }

  /** Every field of a message as it is in the file, without those numbers. */
  #allBut(message: Message, left: readonly number[]): Uint8Array[] {
    return [...message]
      .filter(([number]) => !left.includes(number))
      .flatMap(([number, list]) => list.map((field) => this.#copied(number, field)));
  }

  #copied(number: number, { wire, start, end }: Field): Uint8Array {
    const value = this.#in.bytes.subarray(start, end);
    const key = varint(number * 8 + wire);
    return Buffer.concat(wire === 2 ? [key, varint(value.length), value] : [key, value]);
  }

  #wrong(path: string, problem: string): SubmissionError {
    return this.#in.wrong(path, problem);
  }
}

/** A field that holds a message or bytes. */
function encoded(number: number, parts: readonly Uint8Array[]): Uint8Array {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  return Buffer.concat([varint(number * 8 + 2), varint(length), ...parts]);
}

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 127) {
    bytes.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  return Uint8Array.from([...bytes, rest]);
}
