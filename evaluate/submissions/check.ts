/** Checks a submission's folder without running anything of it. */
import { sha256 } from '../../core/hash.ts';
import type {
  Architecture,
  Submission,
  SubmittedResult,
} from '../../leaderboards/records/submission.ts';
import { shapeOf } from '../plan/spec.ts';
import { checkArchitecture, mostArchitectureBytes } from './architectureCheck.ts';
import { descriptionFile, mostDescriptionBytes, parseDescription } from './description.ts';
import { SubmissionError } from './errors.ts';
import { refuseLeftovers } from './leftovers.ts';
import { withExternalData } from './externalData.ts';
import { Folder } from './folder.ts';
import { checkModel, mostModelBytes, type ModelFacts } from './modelFile.ts';
import { mostPredictionBytes, parsePredictions } from './predictionsFile.ts';

/** Most bytes of all model files together. */
const mostBytes = 4 * mostModelBytes;

interface CheckedFile {
  result: SubmittedResult;
  sha256: string;
}

export type Checked =
  | { kind: 'architecture'; submission: Architecture; sha256: string; source: string }
  | {
      kind: 'model';
      submission: Extract<Submission, { kind: 'model' }>;
      files: (CheckedFile & { bytes: Uint8Array; facts: ModelFacts })[];
    }
  | {
      kind: 'predictions';
      submission: Extract<Submission, { kind: 'predictions' }>;
      files: (CheckedFile & { predictions: Uint8Array })[];
    };

/** @throws SubmissionError naming the file, the field and what was expected */
export async function checkSubmission(dir: string): Promise<Checked> {
  const folder = await Folder.open(dir);
  const submission = parseDescription(await folder.read(descriptionFile, mostDescriptionBytes));
  refuseLeftovers(folder.path, submission);
  if (submission.kind === 'architecture') return checkMixer(folder, submission);
  return submission.kind === 'predictions'
    ? checkPredictions(folder, submission)
    : checkModels(folder, submission);
}

async function checkMixer(folder: Folder, submission: Architecture): Promise<Checked> {
  folder.expectOnly([submission.file]);
  const bytes = await folder.read(submission.file, mostArchitectureBytes);
  const source = await checkArchitecture(bytes, submission.file);
  return { kind: 'architecture', submission, sha256: sha256(bytes), source };
}

async function checkPredictions(
  folder: Folder,
  submission: Extract<Submission, { kind: 'predictions' }>,
): Promise<Checked> {
  folder.expectOnly(submission.results.map(({ file }) => file));
  const files = [];
  for (const result of submission.results) {
    const { counts, classes } = shapeOf(result.task, result.tier, {});
    const bytes = await folder.read(result.file, mostPredictionBytes(counts.test));
    const predictions = parsePredictions(bytes, result.file, { count: counts.test, classes });
    files.push({ result, sha256: sha256(bytes), predictions });
  }
  return { kind: 'predictions', submission, files };
}

async function checkModels(
  folder: Folder,
  submission: Extract<Submission, { kind: 'model' }>,
): Promise<Checked> {
  const files = [];
  const named = submission.results.map(({ file }) => file);
  let total = 0;
  for (const result of submission.results) {
    const { file } = result;
    const { documents, length, classes } = shapeOf(result.task, result.tier, {});
    const read = (name: string, most: number) => folder.read(name, most);
    const own = await read(file, mostModelBytes);
    const { bytes, files: data } = await withExternalData(own, file, {
      read,
      most: mostModelBytes,
    });
    named.push(...data);
    total += bytes.length;
    if (total > mostBytes)
      throw new SubmissionError(
        file,
        'the file',
        `brings all files to more than ${mostBytes} bytes, expected fewer`,
      );
    const facts = checkModel(bytes, file, { length: documents * length, classes });
    if (submission.parameters > facts.floats)
      throw new SubmissionError(
        descriptionFile,
        'field parameters',
        `is ${submission.parameters}, but ${file} has ${facts.floats} numbers, expected at most as many`,
      );
    files.push({ result, sha256: sha256(bytes), bytes, facts });
  }
  folder.expectOnly(named);
  return { kind: 'model', submission, files };
}
