/** Names files that are no ONNX at all for what they are, with what to do about it. */
import { SubmissionError } from './errors.ts';

interface Kind {
  /** With its article: "a web page". */
  what: string;
  advice: string;
  matches(head: Head): boolean;
}

/** The beginning of a file, as bytes and as text of one byte per character. */
interface Head {
  bytes: Uint8Array;
  text: string;
}

const begins =
  (...starts: string[]) =>
  ({ text }: Head) =>
    starts.some((start) => text.startsWith(start));

const exportIt = 'load it and write it with torch.onnx.export';
const unpackIt = 'unpack it and submit the .onnx file inside';

/** In the order in which they are tried. */
const kinds: readonly Kind[] = [
  {
    what: 'a Git LFS pointer',
    advice: 'fetch the file itself with git lfs pull',
    matches: begins('version https://git-lfs.github.com/'),
  },
  {
    what: 'a web page',
    advice: 'download the file itself: the address gave a page, perhaps an error or a login',
    matches: ({ text }) => /^\s*<(!doctype html|html|head|body|script)/i.test(text),
  },
  {
    what: 'an XML file',
    advice: 'download the file itself: the address gave something else',
    matches: begins('<?xml'),
  },
  {
    what: 'a PyTorch checkpoint (torch.save)',
    advice: exportIt,
    matches: ({ text }) =>
      text.startsWith('PK\x03\x04') && /\/(data\.pkl|\.format_version)/.test(text),
  },
  {
    what: 'a PyTorch program (torch.export.save)',
    advice: exportIt,
    matches: ({ text }) =>
      text.startsWith('PK\x03\x04') && /archive_format|\/models\/model\.json/.test(text),
  },
  {
    what: 'a NumPy archive (.npz)',
    advice: 'export the model that uses these arrays to ONNX',
    matches: ({ text }) => text.startsWith('PK\x03\x04') && /\.npy/.test(text.slice(0, 200)),
  },
  { what: 'a zip archive', advice: unpackIt, matches: begins('PK\x03\x04', 'PK\x05\x06') },
  { what: 'a gzip file', advice: unpackIt, matches: begins('\x1f\x8b') },
  { what: 'a bzip2 file', advice: unpackIt, matches: begins('BZh') },
  { what: 'an xz file', advice: unpackIt, matches: begins('\xfd7zXZ\x00') },
  { what: 'a Zstandard file', advice: unpackIt, matches: begins('\x28\xb5\x2f\xfd') },
  { what: 'a 7-Zip archive', advice: unpackIt, matches: begins('7z\xbc\xaf\x27\x1c') },
  {
    what: 'a tar archive',
    advice: unpackIt,
    matches: ({ text }) => text.slice(257, 262) === 'ustar',
  },
  {
    what: 'a safetensors file',
    advice: `it has weights without a model; ${exportIt}`,
    matches: isSafetensors,
  },
  { what: 'a GGUF file', advice: exportIt, matches: begins('GGUF') },
  {
    what: 'a Python pickle (an old PyTorch checkpoint)',
    advice: exportIt,
    matches: ({ bytes }) => bytes[0] === 0x80 && bytes[1]! >= 2 && bytes[1]! <= 5,
  },
  {
    what: 'an HDF5 file (Keras)',
    advice: 'convert it with tf2onnx',
    matches: begins('\x89HDF\r\n'),
  },
  {
    what: 'a TensorFlow Lite model',
    advice: 'convert it with tf2onnx',
    matches: ({ text }) => text.slice(4, 8) === 'TFL3',
  },
  {
    what: 'a model in the format of ONNX Runtime (.ort)',
    advice: 'submit the .onnx file that it was made from',
    matches: ({ text }) => text.slice(4, 8) === 'ORTM',
  },
  {
    what: 'a NumPy array',
    advice: 'submit the model, or predictions as CSV',
    matches: begins('\x93NUMPY'),
  },
  { what: 'a PNG picture', advice: 'submit the model', matches: begins('\x89PNG') },
  { what: 'a PDF', advice: 'submit the model', matches: begins('%PDF') },
  {
    what: 'a program',
    advice: 'submit the model',
    matches: begins('\x7fELF', 'MZ', '#!'),
  },
  {
    what: 'a JSON file',
    advice: 'submit the model in the binary format that torch.onnx.export writes',
    matches: ({ text }) => /^\s*[{[]\s*["\d{[\]}]/.test(text),
  },
  {
    what: 'ONNX as text',
    advice: 'save it in the binary format (onnx.save)',
    matches: ({ text }) => /^\s*(<\s*ir_version|ir_version\s*:)/.test(text),
  },
];

const headBytes = 4096;

/** What a file is, if it is one of the formats above. */
export function kindOf(bytes: Uint8Array): { what: string; advice: string } | undefined {
  const head = bytes.subarray(0, headBytes);
  const text = Buffer.from(head).toString('latin1');
  return kinds.find(({ matches }) => matches({ bytes: head, text }));
}

/** @throws SubmissionError if the file is of another format than ONNX */
export function refuseOtherFormats(bytes: Uint8Array, file: string): void {
  const kind = kindOf(bytes);
  if (kind)
    throw new SubmissionError(
      file,
      'the file',
      `is ${kind.what}, expected an ONNX model: ${kind.advice}`,
    );
}

/** Eight bytes that count the bytes of a JSON header, which begins after them. */
function isSafetensors({ bytes, text }: Head): boolean {
  const high = bytes.subarray(4, 8);
  return bytes.length > 9 && high.every((byte) => byte === 0) && /^\{\s*["}]/.test(text.slice(8));
}
