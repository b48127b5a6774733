/** `npm run evaluate -- export` */
import { readFile } from 'node:fs/promises';
import { command, restOperand } from '../../core/cli/command.ts';
import { file, flag, oneOf, section, toggle, whole } from '../../core/cli/flags.ts';
import { UsageError, messageOf } from '../../core/errors.ts';
import { claimFile, writeWhole } from '../../core/files.ts';
import { readRecords } from '../../leaderboards/records/read.ts';
import type { RunSpec } from '../../leaderboards/records/schema.ts';
import { createModel, type Model } from '../../models/backbone/backbone.ts';
import { findMixer } from '../../models/registry.ts';
import { encode } from '../engine/encode.ts';
import { optimise } from '../engine/passes/all.ts';
import { trace } from '../engine/trace.ts';
import { checkExport } from '../export/checkExport.ts';
import { modelGraph } from '../export/modelGraph.ts';
import { idOf, shapeOf } from '../plan/spec.ts';
import { readRecord, runName, trainedPath } from '../runs/store.ts';
import { initialValues } from '../training/flat.ts';
import { classifierLayout, pretrainProgram, trainProgram } from '../training/programs.ts';
import { decodeTrained } from '../training/trained.ts';
import { recordsFlag, workFlag } from './execution.ts';
import { requestedSpecs, requestFlags, type RequestValues } from './request.ts';

export const exportModel = command({
  name: 'npm run evaluate -- export',
  about:
    'Writes a model as one ONNX file that stands alone: tokens in, logits out, the parameters inside under their own names. It is loaded back and must give the same logits.',
  operands: {
    runs: restOperand(
      'RUN',
      "one run: the id of a run that was executed on this machine, or its record's file; its trained parameters lie in --work DIR, as safetensors with the same names",
    ),
  },
  flags: {
    out: flag(file, { help: 'the file to write', required: 'Name the file to write: --out FILE.' }),
    force: toggle('replaces FILE if it exists'),
    untrained: toggle('in place of a run: the model of the flags below, at its initial values'),
    graph: flag(oneOf('graph', ['model', 'train', 'pretrain']), {
      default: 'model',
      help: 'model; or a training step with gradients and optimiser: train, pretrain',
    }),
    batch: flag(whole(1), {
      help: 'examples per call, which the file fixes',
      shown: '1, or that of the run for a step',
    }),
    work: workFlag,
    records: { ...recordsFlag, aliases: [], help: 'records in which an id is looked up' },
    ...section('With --untrained', requestFlags),
  },
  examples: [
    '600027a1f609 --out recall-local.onnx',
    'leaderboards/runs/lite/recall/local-scratch-1-600027a1f609.json --out m.onnx',
    '--untrained --task recall --model s4d --tier lite --out s4d.onnx',
    '--untrained --task recall --model s4d --graph train --out step.onnx',
  ],
  async run(values) {
    const { out, graph: kind, batch, untrained, work } = values;
    await claimFile(out, values.force);
    const spec = await specAskedFor(values);
    const shape = shapeOf(spec.task, spec.tier, spec.taskOptions);
    const model = createModel(findMixer(spec.model), spec.modelOptions, shape, spec.size);
    const length = (shape.documents ?? 1) * shape.length;

    if (kind !== 'model') {
      const program = kind === 'train' ? trainProgram : pretrainProgram;
      const step = program(model, { batch: batch ?? spec.protocol.batch, length }, spec.protocol);
      const graph = optimise(trace(step), 'cpu');
      await writeWhole(out, encode(graph));
      console.log(
        `${out}: a step of ${kind}ing ${spec.model} on ${spec.task}, ${graph.nodes.length} nodes.`,
      );
      return;
    }
    const parameters = untrained ? initial(spec, model) : await trained(spec, model, work);
    const batchShape = { batch: batch ?? 1, length };
    const graph = modelGraph(
      `${spec.task}_${spec.model}`.replaceAll('-', '_'),
      model,
      parameters,
      batchShape,
    );
    const bytes = encode(graph);
    const difference = await checkExport(bytes, model, parameters, batchShape, shape.vocabulary);
    await writeWhole(out, bytes);
    console.log(
      `${out}: ${spec.model} on ${spec.task}, tokens [${batchShape.batch}, ${length}] int32 to logits ` +
        `[${batchShape.batch}, ${shape.classes}], ${parameters.length} parameters, ` +
        `${Math.round(bytes.length / 1000)} kB.\nLoaded back, its logits differ by ${difference.toExponential(1)} at most.`,
    );
  },
});

async function specAskedFor(
  values: RequestValues & { runs: string[]; untrained: boolean; records: string },
): Promise<RunSpec> {
  const [run, ...more] = values.runs;
  if (values.untrained) {
    if (run !== undefined) throw new UsageError(`--untrained takes no run, but '${run}' is named.`);
    const specs = requestedSpecs({ ...values, regime: values.regime ?? ['scratch'] });
    if (specs.length === 1) return specs[0]!;
    throw new UsageError(
      `These flags ask for ${specs.length} models; name one with --task and --model.`,
    );
  }
  if (run === undefined || more.length > 0)
    throw new UsageError('Name one run, by its id or its record, or give --untrained.');
  if (run.endsWith('.json')) {
    const record = await readRecord(run);
    if (record) return record.spec;
    throw new UsageError(`There is no record ${run}.`);
  }
  const found = readRecords(values.records).find(({ record }) => record.id === run);
  if (found) return found.record.spec;
  throw new UsageError(
    `No record in ${values.records} has the id ${run}; name the record's file, or its folder with --records DIR.`,
  );
}

function initial(spec: RunSpec, model: Model): Float32Array {
  return initialValues(classifierLayout(model), `run/${spec.seed}`);
}

async function trained(spec: RunSpec, model: Model, work: string): Promise<Float32Array> {
  const path = trainedPath(work, spec);
  const file = await readFile(path).catch(() => {
    throw new UsageError(
      `${path} is not there, so ${runName(spec)} was not done here: do it again with npm run evaluate -- run --force, or name the folder with --work DIR.`,
    );
  });
  try {
    return decodeTrained(classifierLayout(model), file, idOf(spec));
  } catch (error) {
    throw new UsageError(`${path} cannot be used: ${messageOf(error)}.`);
  }
}
