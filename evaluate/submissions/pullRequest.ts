/**
 * The submissions of a pull request, for its page: node evaluate/submissions/pullRequest.ts BASE HEAD
 * [REPOSITORY]. Files of HEAD are data: they are read from git as blobs and written into a temporary
 * folder, never checked out. Predictions are scored and models are run, as `submit` does; an
 * architecture is only looked at, since nobody has read it yet.
 */
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { command, operand } from '../../core/cli/command.ts';
import { flag, folder } from '../../core/cli/flags.ts';
import { main } from '../../core/cli/program.ts';
import { RunError, UsageError, messageOf } from '../../core/errors.ts';
import { displayName } from '../../leaderboards/records/names.ts';
import { checkSubmission } from './check.ts';
import { SubmissionError } from './errors.ts';
import { mostModelBytes } from './modelFile.ts';
import { performSubmission } from './score.ts';
import { markdownChecked, markdownRefusal, markdownRemoved, markdownReport } from './report.ts';

const place = 'leaderboards/submissions/';
const mostSubmissions = 5;
const mostFiles = 66;

export interface PullRequest {
  repository: string;
  /** Commits or branches. */
  base: string;
  head: string;
  /** Folder of records made on the way. */
  out: string;
  work: string;
}

/** Markdown of all submissions in it, empty where there is none, and how many were refused. */
export async function checkPullRequest(
  request: PullRequest,
): Promise<{ markdown: string; refused: number }> {
  const { base, head } = request;
  const git = gitIn(request.repository);
  const range = `${git('merge-base', base, head).trim()}..${git('rev-parse', '--verify', `${head}^{commit}`).trim()}`;
  const paths = git('diff', '--name-only', '--no-renames', '-z', range).split('\0').filter(Boolean);
  const names = paths.flatMap((path) =>
    path.startsWith(place) ? [path.slice(place.length).split('/')[0]!] : [],
  );
  const folders = [...new Set(names)];
  if (folders.length === 0) return { markdown: '', refused: 0 };
  const parts: string[] = [];
  let refused = 0;
  if (folders.length > mostSubmissions) {
    parts.push(
      markdownRefusal(
        'This pull request',
        `It has ${folders.length} submissions, expected at most ${mostSubmissions}.`,
      ),
    );
    refused++;
  }
  if (names.length < paths.length)
    parts.push(
      `This pull request changes other files besides its submissions; a submission's changes none.\n`,
    );
  for (const folder of folders.slice(0, mostSubmissions)) {
    try {
      parts.push(await report(folder, request));
    } catch (error) {
      if (!(error instanceof SubmissionError) && !(error instanceof RunError)) throw error;
      parts.push(markdownRefusal(folder, messageOf(error)));
      refused++;
    }
  }
  return { markdown: parts.join('\n'), refused };
}

async function report(name: string, { repository, head, out, work }: PullRequest): Promise<string> {
  const temporary = await mkdtemp(join(tmpdir(), 'reach-pull-'));
  try {
    const dir = join(temporary, 'submission');
    await mkdir(dir);
    const files = await writeFiles(gitIn(repository), head, name, dir);
    if (files === 0) return markdownRemoved(name);
    const checked = await checkSubmission(dir);
    const { submission } = checked;
    if (submission.name !== name)
      throw new SubmissionError(
        'submission.json',
        'field name',
        `is "${submission.name}", expected the name of its folder`,
      );
    if (checked.kind === 'architecture')
      return markdownChecked(submission, 'It is trained after a review of its code.');
    const records = await performSubmission(checked, {
      ...{ out, work, threads: 1, force: true },
      command: `npm run evaluate -- submit ${place}${name}`,
      onStart: () => undefined,
      onTick: () => undefined,
      onEnd: () => undefined,
    });
    return markdownReport(submission, records);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

type Git = ReturnType<typeof gitIn>;

/** Writes the files of a folder as they are in a commit, nothing but plain ones; how many. */
async function writeFiles(git: Git, head: string, name: string, dir: string): Promise<number> {
  const wrong = (entry: string, problem: string) =>
    new SubmissionError(displayName(name), `entry ${JSON.stringify(displayName(entry))}`, problem);
  const listed = git('ls-tree', '-z', '-l', head, '--', `${place}${name}/`);
  const entries = listed.split('\0').filter(Boolean);
  if (entries.length > mostFiles)
    throw wrong(name, `has ${entries.length} files, expected at most ${mostFiles}`);
  for (const entry of entries) {
    const [facts, path] = entry.split('\t') as [string, string];
    const [mode, type, id, size] = facts.split(/ +/) as [string, string, string, string];
    const file = path.slice(place.length + name.length + 1);
    if (mode === '120000') throw wrong(file, 'is a link, expected plain files only');
    if (type !== 'blob') throw wrong(file, 'is a folder, expected plain files only');
    if (Number(size) > mostModelBytes)
      throw wrong(file, `has ${size} bytes, expected at most ${mostModelBytes}`);
    // A name that leads nowhere else: git has none with a slash here, and these two are none.
    if (file === '.' || file === '..' || file.includes('/'))
      throw wrong(file, 'is no name of a file');
    await writeFile(join(dir, file), git.bytes('cat-file', 'blob', id));
  }
  return entries.length;
}

function gitIn(repository: string) {
  const options = { cwd: repository, maxBuffer: 2 * mostModelBytes };
  const bytes = (...args: string[]) =>
    execFileSync('git', ['--literal-pathspecs', ...args], options);
  const git = (...args: string[]) => bytes(...args).toString('utf8');
  return Object.assign(git, { bytes });
}

/** A commit, which git must not take for an option. */
function requireCommit(given: string): string {
  if (!given.startsWith('-')) return given;
  throw new UsageError(`'${given}' is no commit.`);
}

const check = command({
  name: 'npx node evaluate/submissions/pullRequest.ts',
  about:
    'Checks the submissions that a pull request adds or changes, runs none of their programs, and prints the outcome as Markdown.',
  operands: {
    base: operand('BASE', 'the commit that it is to be merged into'),
    head: operand('HEAD', 'its last commit'),
  },
  flags: { repository: flag(folder, { default: '.', help: 'folder of the git repository' }) },
  examples: ['main feature'],
  async run({ base, head, repository }) {
    const commits = { base: requireCommit(base), head: requireCommit(head) };
    const work = fileURLToPath(new URL('../../data', import.meta.url));
    const out = await mkdtemp(join(tmpdir(), 'reach-records-'));
    try {
      const { markdown, refused } = await checkPullRequest({ repository, ...commits, out, work });
      process.stdout.write(markdown.slice(0, 60_000));
      return refused > 0 ? 1 : 0;
    } finally {
      await rm(out, { recursive: true, force: true });
    }
  },
});

if (process.argv[1] === fileURLToPath(import.meta.url)) await main((args) => check.run(args));
