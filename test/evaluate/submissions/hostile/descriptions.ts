/** Descriptions (submission.json) that must be refused. */
import fc from 'fast-check';
import {
  descriptions,
  kinds,
  run,
  validFiles,
  type Hostile,
  type Json,
  type Kind,
} from './valid.ts';

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

export const wrongType = fc
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

export const missing = everyField
  .filter(([, path]) => !/\.0$/.test(path))
  .map(([kind, path]) => withField(kind, path, undefined));

export const hugeNumber = fc
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
export const badText = fc
  .tuple(kinds, fc.constantFrom('title', 'authors.0'), hostileText)
  .map(([kind, path, value]) => withField(kind, path, value));

export const badName = fc
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

export const badLink = fc
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

export const climbing = fc
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

export const prototypeKey = fc
  .tuple(kinds, fc.constantFrom('__proto__', 'constructor', 'prototype'), fc.boolean())
  .map(([kind, key, deep]) => {
    const value = '{"polluted": true}';
    const json = JSON.stringify(descriptions[kind]());
    const at = deep ? json.lastIndexOf('{') + 1 : 1;
    const rest = json.slice(at);
    const comma = rest.startsWith('}') ? '' : ',';
    return described(kind, `${json.slice(0, at)}"${key}": ${value}${comma}${rest}`, escaped(key));
  });

export const unknownKey = fc
  .tuple(kinds, fc.string({ minLength: 1, maxLength: 500 }), fc.boolean())
  .filter(([, key]) => !/^(paper|code|constructor|prototype|__proto__)$/.test(key))
  .map(([kind, key, deep]) => {
    const root = descriptions[kind]() as Json & { results?: Json[] };
    const parent = deep && root.results ? root.results[0]! : root;
    parent[`x${key}`] = 1;
    return described(kind, JSON.stringify(root), /field (results\[0\]\.)?x/);
  });

export const badJson = fc
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

export const truncatedJson = fc.tuple(kinds, fc.nat()).map(([kind, cut]) => {
  const json = JSON.stringify(descriptions[kind]());
  return described(kind, json.slice(0, 1 + (cut % (json.length - 1))), /the text/);
});

export const contradiction = fc
  .tuple(fc.constantFrom<Kind[]>('predictions', 'model'), fc.constantFrom(0, 1, 2, 3, 4))
  .map(([kind, which]) => {
    const again = { ...run, file: kind === 'model' ? 'a.onnx' : 'a.csv' };
    if (which === 0) return withField(kind, 'results', [again, again], /results\[1\]/);
    if (which === 1) return withField(kind, 'results.0.regime', 'spt', /budget\.pretrain/);
    if (which === 2) return withField(kind, 'results.0.budget.pretrain', 5);
    if (which === 3) return withField(kind, 'results', new Array(65).fill(again), /results/);
    return withField(kind, 'benchmark', '0.1');
  });

export const unknownTask = fc
  .tuple(
    fc.constantFrom<Kind[]>('predictions', 'model'),
    fc.oneof(fc.constantFrom('toString', '__proto__', 'Recall', 'recall '), fc.string()),
  )
  .filter(([, task]) => task !== 'recall')
  .map(([kind, task]) => withField(kind, 'results.0.task', task));
