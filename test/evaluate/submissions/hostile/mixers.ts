/** Sources of mixers that must be refused. */
import fc from 'fast-check';
import { validMixer, validSubmission, type Hostile } from './valid.ts';

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
    '../core/random.ts',
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
export const badMixer = fc.oneof(
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
