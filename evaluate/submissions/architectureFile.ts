/**
 * What a submitted mixer must be before anybody runs it: a TypeScript file that imports TensorFlow.js,
 * zod and models/index.ts and nothing else, and reaches for nothing that a mixer has no use for.
 * The file is parsed, never run.
 *
 * This keeps mistakes and lazy attacks out. It is no proof that code is harmless: see `training.ts` for
 * what the process it runs in may do, and leaderboards/examples/README.md for what a reviewer must read.
 */
import ts from 'typescript';
import { SubmissionError, shown } from './errors.ts';
import { oldForm } from './oldForm.ts';

const packages = ['@tensorflow/tfjs', 'zod'];
/** The public surface of models/, as a submission says it, at any depth of folders. */
const door = /^(?:\.\.\/)+models\/index\.ts$/;
const doorUrl = new URL('../../models/index.ts', import.meta.url).href;

/** Names that lead out of a mixer: to the system, the network, other code, time or chance. */
const forbidden = new Set([
  ...['process', 'globalThis', 'global', 'require', 'Buffer', 'console', 'navigator', 'crypto'],
  ...['eval', 'Function', 'AsyncFunction', 'GeneratorFunction', 'Reflect', 'Proxy', 'WebAssembly'],
  ...['fetch', 'WebSocket', 'EventSource', 'XMLHttpRequest', 'Worker', 'MessageChannel', 'Atomics'],
  ...['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask', 'Date', 'performance'],
  ...['SharedArrayBuffer', 'FinalizationRegistry', 'WeakRef', 'constructor', 'prototype'],
  ...['__proto__', 'getPrototypeOf', 'setPrototypeOf', 'defineProperty'],
]);

/**
 * The file with its imports made absolute, fit to run from anywhere.
 *
 * @throws SubmissionError naming the line
 */
export function inspectMixer(text: string, file: string): string {
  try {
    return inspect(text, file);
  } catch (error) {
    if (error instanceof SubmissionError) throw error;
    // The parser's stack ended, or one of its own assertions broke.
    throw new SubmissionError(file, 'the text', 'is nested too deep, or no TypeScript');
  }
}

function inspect(text: string, file: string): string {
  const { SyntaxKind } = ts;
  const { diagnostics = [] } = ts.transpileModule(text, {
    reportDiagnostics: true,
    compilerOptions: {
      target: ts.ScriptTarget.ESNext,
      module: ts.ModuleKind.ESNext,
    },
  });
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ESNext, true);
  const lineAt = (position: number) =>
    `line ${source.getLineAndCharacterOfPosition(position).line + 1}`;
  const wrong = (node: ts.Node, problem: string) =>
    new SubmissionError(file, lineAt(node.getStart(source)), problem);
  if (diagnostics[0]) {
    const { messageText, start = 0 } = diagnostics[0];
    const message = ts.flattenDiagnosticMessageText(messageText, ' ');
    throw new SubmissionError(
      file,
      lineAt(start),
      `is no TypeScript that Node runs: ${shown(message)}`,
    );
  }

  // First, or the author would be told of imports that belong to that form.
  const old = findOldForm(source);
  if (old) throw wrong(old, oldForm);
  const imports: { start: number; end: number; url: string }[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) {
      const from = node.moduleSpecifier;
      if (from && ts.isStringLiteral(from)) {
        const url = resolveImport(from.text);
        if (url === undefined)
          throw wrong(
            node,
            `imports ${shown(from.text)}, expected ${packages.join(', ')} or ../models/index.ts`,
          );
        imports.push({ start: from.getStart(source), end: from.end, url });
      }
    }
    if (node.kind === SyntaxKind.ImportKeyword || ts.isMetaProperty(node))
      throw wrong(node, 'has import() or import.meta, expected imports at the top only');
    if (ts.isImportEqualsDeclaration(node) || ts.isImportTypeNode(node))
      throw wrong(node, 'imports in another form, expected import ... from at the top');
    if (
      ts.isEnumDeclaration(node) ||
      ts.isModuleDeclaration(node) ||
      (ts.isParameter(node) && node.modifiers)
    )
      throw wrong(
        node,
        'has what Node cannot strip, expected no enum, namespace or property there',
      );
    if (ts.isIdentifier(node) && forbidden.has(node.text))
      throw wrong(node, `names ${node.text}, expected nothing but what computes a mixer`);
    if (ts.isStringLiteralLike(node) && forbidden.has(node.text))
      throw wrong(node, `names ${node.text}, expected nothing but what computes a mixer`);
    if (node.kind === SyntaxKind.AwaitExpression)
      throw wrong(node, 'waits, expected a mixer that computes at once');
    ts.forEachChild(node, visit);
  };
  visit(source);
  if (!source.statements.some((statement) => exportsMixer(statement)))
    throw new SubmissionError(
      file,
      'export mixer',
      'is missing, expected export const mixer: MixerDefinition<...> = {...}',
    );
  return withImports(text, imports);
}

/** The list of parameters of a mixer as benchmark 1.0 had it. */
function findOldForm(node: ts.Node): ts.Node | undefined {
  const isOld =
    ts.isPropertyAssignment(node) &&
    ts.isIdentifier(node.name) &&
    node.name.text === 'parameters' &&
    ts.isArrayLiteralExpression(node.initializer);
  return isOld ? node : ts.forEachChild(node, findOldForm);
}

/** The address of an allowed import; undefined for any other. */
function resolveImport(specifier: string): string | undefined {
  if (packages.includes(specifier)) return import.meta.resolve(specifier);
  return door.test(specifier) ? doorUrl : undefined;
}

function exportsMixer(statement: ts.Statement): boolean {
  return (
    ts.isVariableStatement(statement) &&
    (statement.modifiers ?? []).some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) &&
    statement.declarationList.declarations.some(
      ({ name }) => ts.isIdentifier(name) && name.text === 'mixer',
    )
  );
}

function withImports(text: string, imports: { start: number; end: number; url: string }[]): string {
  let result = text;
  for (const { start, end, url } of imports.toSorted((a, b) => b.start - a.start))
    result = `${result.slice(0, start)}${JSON.stringify(url)}${result.slice(end)}`;
  return result;
}
