/** Submissions that must be refused, each with the file and the field that the refusal must name. */
import fc from 'fast-check';
import { encodePredictions } from '../../../evaluate/submissions/predictionsFile.ts';
import {
  castAttribute,
  encodeModel,
  int,
  linear,
  message,
  node,
  tensor,
  text,
  value,
} from './onnx.ts';
import type { Model, Part } from './onnx.ts';

export interface Hostile {
  files: Record<string, string | Uint8Array>;
  /** Entries that are no plain files. */
  special?: { name: string; kind: 'link' | 'folder' | 'pipe' | 'giant' };
  file: string;
  field: RegExp;
}

type Json = Record<string, unknown>;

/** Recall at tier smoke. */
export const split = { count: 320, length: 64, classes: 4 };

const common = {
  schema: 1,
  benchmark: '1.0',
  name: 'a-model',
  title: 'A model',
  family: 'attention',
  authors: ['Somebody'],
};
const run = {
  task: 'recall',
  tier: 'smoke',
  regime: 'scratch',
  seed: 1,
  budget: { pretrain: 0, train: 1000 },
};
const declared = { parameters: 1000, stateSize: 10 };

export const validCsv = encodePredictions(
  Array.from({ length: split.count }, (_, i) => i % split.classes),
);
export const validMixer = `import tf from '@tensorflow/tfjs';
import { z } from 'zod';
import { zeros } from '../models/initialise.ts';
const options = z.strictObject({});
export const mixer = { name: 'a-model', options, create: () => ({ parameters: [], apply: (x) => tf.neg(x) }), zeros };
`;
const validModel = () => linear(split.length, split.classes);

/** submission.json of each kind, in order. */
export const descriptions = {
  predictions: (): Json => ({
    ...structuredClone(common),
    kind: 'predictions',
    ...declared,
    results: [{ ...structuredClone(run), file: 'a.csv' }],
  }),
  model: (): Json => ({
    ...structuredClone(common),
    kind: 'model',
    ...declared,
    results: [{ ...structuredClone(run), file: 'a.onnx' }],
  }),
  architecture: (): Json => ({
    ...structuredClone(common),
    kind: 'architecture',
    file: 'a.ts',
    options: {},
    tasks: ['recall'],
    tier: 'smoke',
    seeds: [1],
  }),
};
type Kind = keyof typeof descriptions;

export const validFiles: Record<Kind, () => Hostile['files']> = {
  predictions: () => ({ 'a.csv': validCsv }),
  model: () => ({ 'a.onnx': encodeModel(validModel()) }),
  architecture: () => ({ 'a.ts': validMixer }),
};

export function validSubmission(kind: Kind): Hostile['files'] {
  return { 'submission.json': JSON.stringify(descriptions[kind]()), ...validFiles[kind]() };
}

const kinds = fc.constantFrom<Kind[]>('predictions', 'model', 'architecture');
const escaped = (path: string) => new RegExp(path.replace(/[.[\]]/g, '\\$&'));

function at(root: Json, path: string): [parent: Json, key: string] {
  const keys = path.split('.');
  const key = keys.pop()!;
  return [keys.reduce<Json>((value, name) => value[name] as Json, root), key];
}

/** `results.0.seed` as an error writes it. */
const written = (path: string) => escaped(path.replace(/\.(\d+)/g, '[$1]'));

const described = (kind: Kind, text: string | Uint8Array, field: RegExp): Hostile => ({
  files: { ...validFiles[kind](), 'submission.json': text },
  file: 'submission.json',
  field,
});

/** The description with one field set to a value, or with none where it is undefined. */
function withField(kind: Kind, path: string, value: unknown, field = written(path)): Hostile {
  const root = descriptions[kind]();
  const [parent, key] = at(root, path);
  if (value === undefined) delete parent[key];
  else parent[key] = value;
  return described(kind, JSON.stringify(root), field);
}

const texts = ['title', 'name', 'benchmark', 'authors.0', 'family', 'kind'];
const everyField = fc.oneof(
  fc.tuple(kinds, fc.constantFrom(...texts, 'schema', 'authors')),
  fc.tuple(
    fc.constantFrom<Kind[]>('predictions', 'model'),
    fc.constantFrom(
      ...['parameters', 'stateSize', 'results', 'results.0', 'results.0.task', 'results.0.tier'],
      ...['results.0.regime', 'results.0.seed', 'results.0.budget', 'results.0.budget.train'],
      ...['results.0.budget.pretrain', 'results.0.file'],
    ),
  ),
  fc.tuple(
    fc.constant<Kind>('architecture'),
    fc.constantFrom('file', 'options', 'tasks', 'tasks.0', 'tier', 'seeds', 'seeds.0'),
  ),
);

const wrongType = fc
  .tuple(
    everyField,
    fc.constantFrom<unknown[]>(null, true, -1.5, [[]], { a: 1 }, 'no', [], NaN, {}),
  )
  .filter(([[, path], value]) => !(path === 'title' && value === 'no'))
  .filter(([[, path], value]) => !(path === 'name' && value === 'no'))
  .filter(([[, path], value]) => !(path === 'authors.0' && value === 'no'))
  .filter(([[, path], value]) => !(path === 'options' && isObject(value) && !('a' in value)))
  .filter(([[, path], value]) => !(path === 'options' && isObject(value)))
  .map(([[kind, path], value]) => withField(kind, path, value));
const isObject = (value: unknown): value is object =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

const missing = everyField
  .filter(([, path]) => !/\.0$/.test(path))
  .map(([kind, path]) => withField(kind, path, undefined));

const hugeNumber = fc
  .tuple(
    fc.constantFrom<Kind[]>('predictions', 'model'),
    fc.constantFrom(
      ...['parameters', 'stateSize', 'results.0.seed', 'results.0.budget.train'],
      'results.0.budget.pretrain',
    ),
    fc.constantFrom('1e999', '-1e999', '9007199254740993', '1e300', '-1', '1.5', '0.1e-300'),
  )
  .map(([kind, path, number]) => {
    const { files } = withField(kind, path, 123454321);
    const text = (files['submission.json'] as string).replace('123454321', number);
    return described(kind, text, written(path));
  });

const hostileText = fc.oneof(
  fc.constantFrom(
    ...['<script>alert(1)</script>', '"><img src=x onerror=alert(1)>', '=HYPERLINK("http://x")'],
    ...[
      '+1+1',
      '-2',
      '@SUM(A1)',
      'a\nb',
      'a\u0000b',
      '\u202Eevil',
      'a\u200Bb',
      '',
      ' ',
      ' a',
      'a ',
    ],
    ...[
      'e\u0301\u0301\u0301\u0301',
      '`x`',
      '[a](javascript:x)',
      '\ud800',
      'a|b',
      '{{x}}',
      'x'.repeat(81),
    ],
  ),
  fc.string({ minLength: 100, maxLength: 3000 }),
  fc.string({ maxLength: 20 }).map((name) => `${name}<${name}`),
);
const badText = fc
  .tuple(kinds, fc.constantFrom('title', 'authors.0'), hostileText)
  .map(([kind, path, value]) => withField(kind, path, value));

const badName = fc
  .tuple(
    kinds,
    fc.oneof(
      hostileText,
      fc.constantFrom(
        '../x',
        'a/b',
        'transformer',
        's4d',
        'A',
        'a--b',
        '__proto__',
        '.',
        'a.b',
        'con:',
      ),
    ),
  )
  .map(([kind, value]) => withField(kind, 'name', value));

const badLink = fc
  .tuple(
    kinds,
    fc.constantFrom('paper', 'code'),
    fc.oneof(
      fc.constantFrom(
        ...['javascript:alert(1)', 'http://arxiv.org/', 'data:text/html,x', 'https://', '//a.org'],
        ...[
          'https://user:pw@a.org/',
          'https://localhost/',
          'https://127.0.0.1/',
          'https://a.org:8080/',
        ],
        ...[
          'https://a.org/<script>',
          "https://a.org/'x",
          'https://a.org/ x',
          'HTTPS://a.org',
          ' https://a.org',
        ],
        ...[
          'https://a.org/\u202e',
          'https://аpple.com/',
          `https://a.org/${'x'.repeat(200)}`,
          'file:///etc/passwd',
        ],
      ),
      fc.string({ maxLength: 300 }).filter((link) => !link.startsWith('https://')),
    ),
  )
  .map(([kind, path, value]) => withField(kind, path, value));

const climbing = fc
  .tuple(
    kinds,
    fc.oneof(
      fc.constantFrom(
        ...[
          '../secret',
          '/etc/passwd',
          'a/../../secret',
          '..\\secret',
          '.',
          '..',
          '',
          '~/x',
          '%2e%2e/x',
        ],
        ...[
          'a\u0000',
          'sub/a',
          './a',
          '-a',
          '.a',
          'C:\\a',
          'a b',
          'submission.json',
          'a.b',
          '__proto__',
        ],
      ),
      fc.string({ maxLength: 200 }).map((name) => `../${name}`),
    ),
    fc.boolean(),
  )
  .map(([kind, name, extended]) => {
    const path = kind === 'architecture' ? 'file' : 'results.0.file';
    const extension = { predictions: '.csv', model: '.onnx', architecture: '.ts' }[kind];
    return withField(kind, path, extended && name !== '' ? `${name}${extension}` : name);
  })
  // `__proto__.csv` and the like begin with no letter; nothing else in the list is a plain name.
  .filter(({ files }) => !(files['submission.json'] as string).includes('"a.csv"'));

const prototypeKey = fc
  .tuple(kinds, fc.constantFrom('__proto__', 'constructor', 'prototype'), fc.boolean())
  .map(([kind, key, deep]) => {
    const value = '{"polluted": true}';
    const json = JSON.stringify(descriptions[kind]());
    const at = deep ? json.lastIndexOf('{') + 1 : 1;
    const rest = json.slice(at);
    const comma = rest.startsWith('}') ? '' : ',';
    return described(kind, `${json.slice(0, at)}"${key}": ${value}${comma}${rest}`, escaped(key));
  });

const unknownKey = fc
  .tuple(kinds, fc.string({ minLength: 1, maxLength: 500 }), fc.boolean())
  .filter(([, key]) => !/^(paper|code|constructor|prototype|__proto__)$/.test(key))
  .map(([kind, key, deep]) => {
    const root = descriptions[kind]() as Json & { results?: Json[] };
    const parent = deep && root.results ? root.results[0]! : root;
    parent[`x${key}`] = 1;
    return described(kind, JSON.stringify(root), /field (results\[0\]\.)?x/);
  });

const badJson = fc
  .tuple(
    kinds,
    fc.oneof(
      fc.constantFrom<[string | Uint8Array, RegExp][]>(
        ['', /the file/],
        ['[]', /kind|whole/],
        ['null', /kind|whole/],
        ['"x"', /kind|whole/],
        ['{"schema": NaN}', /the text/],
        ['[', /the text/],
        ['['.repeat(30_000), /the text/],
        [`${'['.repeat(30_000)}${']'.repeat(30_000)}`, /kind|whole|text/],
        [`${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`, /kind|whole|text/],
        ['\ufeff{}', /the text/],
        [Uint8Array.of(123, 34, 255, 34, 125), /the text/],
        [Uint8Array.of(0, 0, 0, 0), /the text/],
        [' '.repeat(70_000), /the file/],
      ),
      fc
        .uint8Array({ minLength: 1, maxLength: 200 })
        .map((bytes): [Uint8Array, RegExp] => [bytes, /the text|kind|whole/]),
    ),
  )
  .map(([kind, [text, field]]) => described(kind, text, field));

const truncatedJson = fc.tuple(kinds, fc.nat()).map(([kind, cut]) => {
  const json = JSON.stringify(descriptions[kind]());
  return described(kind, json.slice(0, 1 + (cut % (json.length - 1))), /the text/);
});

const contradiction = fc
  .tuple(fc.constantFrom<Kind[]>('predictions', 'model'), fc.constantFrom(0, 1, 2, 3, 4))
  .map(([kind, which]) => {
    const again = { ...run, file: kind === 'model' ? 'a.onnx' : 'a.csv' };
    if (which === 0) return withField(kind, 'results', [again, again], /results\[1\]/);
    if (which === 1) return withField(kind, 'results.0.regime', 'spt', /budget\.pretrain/);
    if (which === 2) return withField(kind, 'results.0.budget.pretrain', 5);
    if (which === 3) return withField(kind, 'results', new Array(65).fill(again), /results/);
    return withField(kind, 'benchmark', '0.1');
  });

const unknownTask = fc
  .tuple(
    fc.constantFrom<Kind[]>('predictions', 'model'),
    fc.oneof(fc.constantFrom('toString', '__proto__', 'Recall', 'recall '), fc.string()),
  )
  .filter(([, task]) => task !== 'recall')
  .map(([kind, task]) => withField(kind, 'results.0.task', task));

const specialEntry = fc
  .tuple(
    kinds,
    fc.constantFrom<[string, 'link' | 'folder' | 'pipe'][]>(
      ['README.md', 'link'],
      ['README.md', 'folder'],
      ['README.md', 'pipe'],
      ['submission.json', 'link'],
      ['submission.json', 'pipe'],
      ['data', 'link'],
      ['data', 'folder'],
      ['<b>', 'link'],
    ),
  )
  .map(([kind, [name, what]]): Hostile => {
    const files = validSubmission(kind);
    delete files[name];
    const field = new RegExp(`entry "${name.replace('.', '\\.')}"`);
    return { files, special: { name, kind: what }, file: 'submission', field };
  });

const linkedFile = fc
  .tuple(kinds, fc.constantFrom<('link' | 'folder' | 'pipe')[]>('link', 'folder', 'pipe'))
  .map(([kind, what]): Hostile => {
    const files = validSubmission(kind);
    const name = Object.keys(validFiles[kind]())[0]!;
    delete files[name];
    return { files, special: { name, kind: what }, file: 'submission', field: /entry "a\./ };
  });

const giantFile = kinds.map((kind): Hostile => {
  const files = validSubmission(kind);
  const name = Object.keys(validFiles[kind]())[0]!;
  delete files[name];
  return { files, special: { name, kind: 'giant' }, file: name, field: /the file/ };
});

const otherFiles = fc
  .tuple(
    kinds,
    fc.constantFrom('evil.sh', 'a.data', '.git', '=1+1', '<i>', 'x'.repeat(200)),
    fc.boolean(),
  )
  .map(([kind, name, gone]): Hostile => {
    if (!gone)
      return {
        files: { ...validSubmission(kind), [name]: 'x' },
        file: 'submission',
        field: /^file "/,
      };
    const files = validSubmission(kind);
    const file = Object.keys(validFiles[kind]())[0]!;
    delete files[file];
    return { files, file, field: /the file/ };
  });

const csv = (text: string | Uint8Array, field: RegExp): Hostile => ({
  files: { ...validSubmission('predictions'), 'a.csv': text },
  file: 'a.csv',
  field,
});
const rows = validCsv.trimEnd().split('\n');
const hostileCell = fc
  .oneof(
    fc.constantFrom(
      ...[
        '=1+1',
        '=cmd|x',
        '+1',
        '-1',
        '@a',
        'NaN',
        'Infinity',
        '1e0',
        '0x1',
        '1.0',
        '01',
        '',
        ' ',
        ' 1',
      ],
      ...[
        '"1"',
        '١',
        '4',
        '320',
        '99999999999999999999',
        '<b>',
        '\u0000',
        '1\t',
        'null',
        '__proto__',
        "'1",
      ],
    ),
    fc.string({ maxLength: 10 }),
    fc.double().map(String),
  )
  .filter((cell) => !/^([0-9]|[1-9]\d|[12]\d\d|3[01]\d)$/.test(cell) || Number(cell) >= 320)
  .filter((cell) => !/[\n,]/.test(cell) && cell !== '\r');
const badCell = fc
  .tuple(fc.integer({ min: 1, max: split.count }), fc.boolean(), hostileCell)
  .map(([row, first, cell]) => {
    const [index, prediction] = rows[row]!.split(',');
    const line = first ? `${cell},${prediction}` : `${index},${cell}`;
    return csv(`${rows.with(row, line).join('\n')}\n`, /^(the file|the text|line \d+)/);
  });
const badRows = fc
  .tuple(fc.integer({ min: 1, max: split.count }), fc.integer({ min: 0, max: 8 }))
  .map(([row, which]) => {
    const changed = (lines: string[]) => lines.join('\n');
    if (which === 0) return csv(changed(rows.toSpliced(row, 1)), /column index/);
    if (which === 1)
      return csv(changed(rows.toSpliced(row, 0, rows[row]!)), /line \d+, column index|the file/);
    if (which === 2) return csv(changed(rows.with(row, `${rows[row]},0`)), /line \d+/);
    if (which === 3) return csv(changed(rows.with(0, 'prediction,index')), /line 1/);
    if (which === 4) return csv(changed(rows.slice(1)), /line 1/);
    if (which === 5) return csv(changed(rows.toSpliced(row, 0, '')), /line \d+/);
    if (which === 6) return csv(`\ufeff${validCsv}`, /line 1/);
    if (which === 7) return csv(validCsv.replaceAll('\n', '\r'), /line 1/);
    return csv(changed([...rows, ...rows, ...rows, ...rows]), /the file|column index/);
  });
const badBytes = fc
  .tuple(fc.nat(validCsv.length - 1), fc.integer({ min: 128, max: 255 }))
  .map(([at, byte]) => csv(Buffer.from(validCsv).fill(byte, at, at + 1), /the text/));

const onnx = (bytes: Uint8Array, field: RegExp): Hostile => ({
  files: { ...validSubmission('model'), 'a.onnx': bytes },
  file: 'a.onnx',
  field,
});
const changedModel = (change: (model: Model) => void, field: RegExp) => {
  const model = validModel();
  change(model);
  return onnx(encodeModel(model), field);
};
const w = (...more: Part[]): Part[] => [int(1, 64), int(1, 4), int(2, 1), text(8, 'w'), ...more];
const raw = message(9, new Uint8Array(64 * 4 * 4));
const dims = fc.constantFrom(2 ** 40, -1, 2 ** 27, 0, 63, 2 ** 62, -(2 ** 63) + 1024);

const badModel = fc.oneof(
  fc
    .constantFrom<[(model: Model) => void, RegExp][]>(
      [
        (m) =>
          (m.initializers[0] = w(
            message(13, text(1, 'location'), text(2, '../secret')),
            int(14, 1),
          )),
        /initializer\[0\]\.external_data/,
      ],
      [(m) => (m.initializers[0] = w(int(14, 1))), /initializer\[0\]\.data_location/],
      [
        (m) =>
          (m.initializers[0] = w(message(13, text(1, 'location'), text(2, '/etc/passwd')), raw)),
        /external_data/,
      ],
      [(m) => (m.initializers[0] = w(message(6, [1]))), /string_data/],
      [(m) => (m.initializers[0] = w(raw, raw)), /raw_data/],
      [(m) => (m.initializers[0] = w(raw, message(4, [0, 0, 0, 0]))), /initializer\[0\]/],
      [(m) => (m.initializers[0] = w()), /initializer\[0\]\.dims/],
      [(m) => (m.inputs = []), /graph\.input/],
      [(m) => (m.inputs[0] = value('ids', 6, ['b', 64])), /input\[0\]\.name/],
      [(m) => (m.inputs[0] = value('tokens', 1, ['b', 64])), /input\[0\]\.type/],
      [(m) => (m.inputs[0] = value('tokens', 6, ['b', 63])), /input\[0\]\.type\.shape\.dim\[1\]/],
      [(m) => (m.inputs[0] = value('tokens', 6, [2 ** 40, 64])), /dim\[0\]/],
      [(m) => (m.inputs[0] = value('tokens', 6, [-1, 64])), /dim\[0\]/],
      [(m) => (m.inputs[0] = value('tokens', 6, ['b', 1, 64])), /shape/],
      [
        (m) => (m.inputs[0] = [text(1, 'tokens'), message(2, message(4, message(1)))]),
        /input\[0\]\.type/,
      ],
      [(m) => m.inputs.push(value('more', 6, ['b', 64])), /graph\.input/],
      [(m) => (m.outputs = []), /graph\.output/],
      [(m) => m.outputs.push(value('x', 1, ['b', 64])), /graph\.output/],
      [(m) => (m.outputs[0] = value('logits', 1, ['b', 5])), /output\[0\]\.type\.shape\.dim\[1\]/],
      [(m) => (m.outputs[0] = value('logits', 8, ['b', 4])), /output\[0\]\.type/],
      [
        (m) => m.moreGraph.push(message(15, message(1, ...tensor('s', 1, [1], new Uint8Array(4))))),
        /sparse_initializer/,
      ],
      [(m) => m.more.push(message(25, text(1, 'f'))), /functions/],
      [(m) => m.more.push(message(20, message(1))), /training_info/],
      [(m) => m.more.push(message(7, text(2, 'h'))), /graph/],
      [(m) => m.more.push(message(8, int(2, 17))), /opset_import/],
      [(m) => (m.opset = [text(1, 'com.microsoft'), int(2, 1)]), /opset_import\.domain/],
      [(m) => (m.opset = [int(2, 2 ** 40)]), /opset_import\.version/],
      [(m) => (m.opset = []), /opset_import\.version/],
      [(m) => (m.version = 2 ** 31), /ir_version/],
      [(m) => (m.nodes = []), /graph\.node/],
      [(m) => (m.nodes = new Array<Part>(50_001).fill(node('Neg', ['a'], ['a']))), /graph\.node/],
      [
        (m) =>
          m.nodes.push(node('If', ['x'], ['y'], message(5, text(1, 'then_branch'), message(6)))),
        /node\[2\]\.op_type/,
      ],
      [
        (m) => m.nodes.push(node('Neg', ['x'], ['y'], message(5, text(1, 'g'), message(6)))),
        /node\[2\]\.attribute\[0\]\.g/,
      ],
      [(m) => m.nodes.push(node('Neg', ['x'], ['y'], text(7, 'com.evil'))), /node\[2\]\.domain/],
      [(m) => m.nodes.push(node('Neg', ['x'], ['y'], text(4, 'Loop'))), /node\[2\]\.op_type/],
      [(m) => m.nodes.push(message(1, message(4, [0xff, 0xfe]))), /node\[2\]\.op_type/],
      [
        (m) =>
          m.nodes.push(
            node(
              'Constant',
              [],
              ['c'],
              message(5, text(1, 'value'), message(5, int(1, 2 ** 40), int(2, 1))),
            ),
          ),
        /node\[2\]\.attribute\[0\]\.t\.dims/,
      ],
      [
        (m) =>
          m.nodes.push(node('Constant', [], ['c'], message(5, message(5, int(2, 1), int(14, 1))))),
        /node\[2\]\.attribute\[0\]\.t\.data_location/,
      ],
      [
        (m) => m.nodes.push(node('Cast', ['x'], ['y'], castAttribute, text(7, '<script>'))),
        /node\[2\]\.domain/,
      ],
      [(m) => m.nodes.push([8 + 3]), /graph|model/],
      [(m) => m.more.push(new Uint8Array(400_000).fill(0x10)), /./],
      [(m) => m.nodes.push(node('x'.repeat(2 ** 21), ['x'], ['y'])), /node\[2\]\.op_type/],
    )
    .map(([change, field]) => changedModel(change, field)),
  fc
    .string({ maxLength: 100 })
    .map((op) =>
      changedModel((m) => m.nodes.push(node(`x${op}`, ['x'], ['y'])), /node\[2\]\.op_type/),
    ),
  fc
    .constantFrom(
      'RandomNormal',
      'Loop',
      'Scan',
      'StringConcat',
      'ImageDecoder',
      'SequenceAt',
      'constructor',
      '__proto__',
      'toString',
    )
    .map((op) => changedModel((m) => m.nodes.push(node(op, ['x'], ['y'])), /node\[2\]\.op_type/)),
  fc
    .tuple(dims, dims)
    .map(([a, b]) =>
      changedModel(
        (m) =>
          (m.initializers[0] = [
            int(1, BigInt(a)),
            int(1, BigInt(b)),
            int(2, 1),
            text(8, 'w'),
            raw,
          ]),
        /initializer\[0\]\.dims/,
      ),
    ),
  fc
    .integer({ min: 17, max: 2 ** 31 })
    .map((type) =>
      changedModel(
        (m) => (m.initializers[0] = [int(1, 1), int(2, type), message(9, [0])]),
        /initializer\[0\]\.data_type/,
      ),
    ),
);
const truncatedModel = fc.nat().map((cut) => {
  const bytes = encodeModel(validModel());
  return onnx(bytes.subarray(0, 1 + (cut % (bytes.length - 1))), /./);
});
const noModel = fc.oneof(
  fc.uint8Array({ minLength: 1, maxLength: 400 }).map((bytes) => onnx(bytes, /./)),
  fc
    .constantFrom('MZ', 'PK\u0003\u0004', '#!/bin/sh', 'version https://git-lfs.github.com/spec/v1')
    .map((text) => onnx(Buffer.from(text), /./)),
);

const mixer = (source: string | Uint8Array, field: RegExp): Hostile => ({
  files: { ...validSubmission('architecture'), 'a.ts': source },
  file: 'a.ts',
  field,
});
const line = /^line \d+/;
const badImport = fc.constantFrom(
  ...[
    'node:fs',
    'fs',
    'child_process',
    'node:module',
    '../../evaluate/cli.ts',
    '../models/../evaluate/cli.ts',
  ],
  ...[
    '../models/none.ts',
    '../generators/random.ts',
    'https://a.org/x.js',
    'data:text/javascript,1',
    './a.ts',
  ],
  ...[
    '../models/%2e%2e/x.ts',
    '/etc/passwd',
    'onnxruntime-node',
    '@tensorflow/tfjs/x',
    'zod/v4',
    '__proto__',
    '',
  ],
);
const badMixer = fc.oneof(
  fc
    .tuple(
      badImport,
      fc.constantFrom(
        'import x from Q;',
        'import Q;',
        'export * from Q;',
        'import type { A } from Q;',
        'export { a } from Q;',
      ),
    )
    .map(([from, form]) =>
      mixer(`${form.replace('Q', JSON.stringify(from))}\n${validMixer}`, line),
    ),
  fc
    .constantFrom(
      ...[
        'import("fs")',
        'require("fs")',
        'import.meta.url',
        'process.exit()',
        'globalThis["x"]',
        'eval("1")',
      ],
      ...[
        'new Function("1")',
        'fetch("x")',
        '[].constructor',
        'x["constructor"]',
        'x.__proto__',
        'pr\\u006fcess.env',
      ],
      ...[
        '`constructor`',
        'setTimeout(x)',
        'await 1',
        'new Worker("x")',
        'Reflect.get(x)',
        'Date.now()',
        'WebAssembly',
      ],
    )
    .map((code) => mixer(`${validMixer}const y = () => ${code};`, line)),
  fc
    .constantFrom(
      'enum A { b }',
      'const = 1',
      '((((',
      'import a = require("fs");',
      'namespace N { export const a = 1 }',
      'class A { constructor(private a: 1) {} }',
    )
    .map((code) => mixer(`${validMixer}${code}`, line)),
  fc
    .constantFrom<[string | Uint8Array, RegExp][]>(
      ['export const other = 1;', /export mixer/],
      ['const mixer = 1;', /export mixer/],
      [`${validMixer}${'('.repeat(30_000)}`, /line|text/],
      [`${validMixer}const a = ${'['.repeat(20_000)}${']'.repeat(20_000)};`, /text/],
      [Uint8Array.of(0xff, 0xfe, 0x00), /text/],
      ['/'.repeat(70_000), /the file/],
      ['\u0000', /./],
    )
    .map(([source, field]) => mixer(source, field)),
);

/** Every way to be refused, each as likely as its share of what can go wrong. */
export const hostile: fc.Arbitrary<Hostile> = fc.oneof(
  { weight: 3, arbitrary: wrongType },
  { weight: 2, arbitrary: missing },
  { weight: 2, arbitrary: hugeNumber },
  { weight: 2, arbitrary: badText },
  { weight: 1, arbitrary: badName },
  { weight: 2, arbitrary: badLink },
  { weight: 2, arbitrary: climbing },
  { weight: 2, arbitrary: prototypeKey },
  { weight: 1, arbitrary: unknownKey },
  { weight: 2, arbitrary: badJson },
  { weight: 1, arbitrary: truncatedJson },
  { weight: 1, arbitrary: contradiction },
  { weight: 1, arbitrary: unknownTask },
  { weight: 2, arbitrary: specialEntry },
  { weight: 1, arbitrary: linkedFile },
  { weight: 1, arbitrary: giantFile },
  { weight: 1, arbitrary: otherFiles },
  { weight: 3, arbitrary: badCell },
  { weight: 2, arbitrary: badRows },
  { weight: 1, arbitrary: badBytes },
  { weight: 6, arbitrary: badModel },
  { weight: 1, arbitrary: truncatedModel },
  { weight: 1, arbitrary: noModel },
  { weight: 4, arbitrary: badMixer },
);
