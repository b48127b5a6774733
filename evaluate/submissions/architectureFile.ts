/**
 * What a submitted mixer must be before anybody runs it: a TypeScript file that imports TensorFlow.js,
 * zod and this package's models and nothing else, and reaches for nothing that a mixer has no use for.
 * The file is parsed, never run.
 *
 * This keeps mistakes and lazy attacks out. It is no proof that code is harmless: see `training.ts` for
 * what the process it runs in may do, and leaderboards/examples/README.md for what a reviewer must read.
 */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type ts from 'typescript';
import { SubmissionError, shown } from './errors.ts';
import { textOf } from './folder.ts';

export const mostArchitectureBytes = 65_536;

const packages = ['@tensorflow/tfjs', 'zod'];
const models = new URL('../../models/', import.meta.url);

/** Names that lead out of a mixer: to the system, the network, other code, time or chance. */
const forbidden = new Set([
  ...['process', 'globalThis', 'global', 'require', 'Buffer', 'console', 'navigator', 'crypto'],
  ...['eval', 'Function', 'AsyncFunction', 'GeneratorFunction', 'Reflect', 'Proxy', 'WebAssembly'],
  ...['fetch', 'WebSocket', 'EventSource', 'XMLHttpRequest', 'Worker', 'MessageChannel', 'Atomics'],
  ...['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask', 'Date', 'performance'],
  ...['SharedArrayBuffer', 'FinalizationRegistry', 'WeakRef', 'constructor', 'prototype'],
  ...['__proto__', 'getPrototypeOf', 'setPrototypeOf', 'defineProperty'],
]);

export interface ArchitectureFacts {
  /** The file with its imports made absolute, fit to run from anywhere. */
  source: string;
}

/** @throws SubmissionError naming the line */
export async function checkArchitecture(
  bytes: Uint8Array,
  file: string,
): Promise<ArchitectureFacts> {
  const { default: ts } = await import('typescript');
  const text = textOf(bytes, file);
  try {
    return check(ts, text, file);
  } catch (error) {
    if (error instanceof SubmissionError) throw error;
    // The parser's stack ended, or one of its own assertions broke.
    throw new SubmissionError(file, 'the text', 'is nested too deep, or no TypeScript');
  }
}

function check(typescript: typeof ts, text: string, file: string): ArchitectureFacts {
  const { SyntaxKind } = typescript;
  const { diagnostics = [] } = typescript.transpileModule(text, {
    reportDiagnostics: true,
    compilerOptions: {
      target: typescript.ScriptTarget.ESNext,
      module: typescript.ModuleKind.ESNext,
    },
  });
  const source = typescript.createSourceFile(file, text, typescript.ScriptTarget.ESNext, true);
  const lineAt = (position: number) =>
    `line ${source.getLineAndCharacterOfPosition(position).line + 1}`;
  const wrong = (node: ts.Node, problem: string) =>
    new SubmissionError(file, lineAt(node.getStart(source)), problem);
  if (diagnostics[0]) {
    const { messageText, start = 0 } = diagnostics[0];
    const message = typescript.flattenDiagnosticMessageText(messageText, ' ');
    throw new SubmissionError(
      file,
      lineAt(start),
      `is no TypeScript that Node runs: ${shown(message)}`,
    );
  }

  const imports: { start: number; end: number; url: string }[] = [];
  const visit = (node: ts.Node): void => {
    if (typescript.isImportDeclaration(node) || typescript.isExportDeclaration(node)) {
      const from = node.moduleSpecifier;
      if (from && typescript.isStringLiteral(from)) {
        const url = resolveImport(from.text);
        if (url === undefined)
          throw wrong(
            node,
            `imports ${shown(from.text)}, expected ${packages.join(', ')} or a file of ../models/ that exists`,
          );
        imports.push({ start: from.getStart(source), end: from.end, url });
      }
    }
    if (node.kind === SyntaxKind.ImportKeyword || typescript.isMetaProperty(node))
      throw wrong(node, 'has import() or import.meta, expected imports at the top only');
    if (typescript.isImportEqualsDeclaration(node) || typescript.isImportTypeNode(node))
      throw wrong(node, 'imports in another form, expected import ... from at the top');
    if (
      typescript.isEnumDeclaration(node) ||
      typescript.isModuleDeclaration(node) ||
      (typescript.isParameter(node) && node.modifiers)
    )
      throw wrong(
        node,
        'has what Node cannot strip, expected no enum, namespace or property there',
      );
    if (typescript.isIdentifier(node) && forbidden.has(node.text))
      throw wrong(node, `names ${node.text}, expected nothing but what computes a mixer`);
    if (typescript.isStringLiteralLike(node) && forbidden.has(node.text))
      throw wrong(node, `names ${node.text}, expected nothing but what computes a mixer`);
    if (node.kind === SyntaxKind.AwaitExpression)
      throw wrong(node, 'waits, expected a mixer that computes at once');
    typescript.forEachChild(node, visit);
  };
  visit(source);
  if (!source.statements.some((statement) => exportsMixer(typescript, statement)))
    throw new SubmissionError(
      file,
      'export mixer',
      'is missing, expected export const mixer: MixerDefinition<...> = {...}',
    );
  return { source: withImports(text, imports) };
}

/** The address of an allowed import; undefined for any other. */
function resolveImport(specifier: string): string | undefined {
  if (packages.includes(specifier)) return import.meta.resolve(specifier);
  const file = /^(?:\.\.\/)+models\/((?:[A-Za-z0-9]+\/)?[A-Za-z0-9]+\.ts)$/.exec(specifier)?.[1];
  if (file === undefined) return undefined;
  const url = new URL(file, models);
  return existsSync(fileURLToPath(url)) ? url.href : undefined;
}

function exportsMixer(typescript: typeof ts, statement: ts.Statement): boolean {
  return (
    typescript.isVariableStatement(statement) &&
    (statement.modifiers ?? []).some(({ kind }) => kind === typescript.SyntaxKind.ExportKeyword) &&
    statement.declarationList.declarations.some(
      ({ name }) => typescript.isIdentifier(name) && name.text === 'mixer',
    )
  );
}

function withImports(text: string, imports: { start: number; end: number; url: string }[]): string {
  let result = text;
  for (const { start, end, url } of imports.toSorted((a, b) => b.start - a.start))
    result = `${result.slice(0, start)}${JSON.stringify(url)}${result.slice(end)}`;
  return result;
}
