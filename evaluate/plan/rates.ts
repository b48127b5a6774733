/**
 * Learning rates that models were published with on the Long Range Arena, for the tier of its sizes.
 * Under the ruleset `fixed` a model takes its own there, so that a state-space model is not trained at a
 * tenth of what its authors use; tasks and models that no configuration is public for take the tier's.
 * Parameter groups of a mixer (`learnsAt`) are factors on these.
 */

type Rates = Readonly<Record<string, number>>;

/** S4 and S4D: configs/experiment/lra of https://github.com/state-spaces/s4. */
const s4: Rates = {
  listops: 0.01,
  text: 0.01,
  retrieval: 0.01,
  image: 0.01,
  pathfinder: 0.004,
  pathx: 0.001,
};

/**
 * The Arena's own models: base configs of https://github.com/google-research/long-range-arena. Two
 * of them fall with the root of the step from 0.05/√warm-up: 1,000 steps on ListOps, 8,000 on texts.
 */
const arena: Rates = {
  listops: 0.0016,
  text: 0.00056,
  retrieval: 0.00056,
  image: 0.0005,
  pathfinder: 0.001,
  pathx: 0.001,
  'pathx-256': 0.001,
};

const published: Readonly<Record<string, Rates>> = {
  s4,
  s4d: s4,
  // The experiments that the README of https://github.com/ag1988/dss names.
  dss: {
    listops: 0.01,
    text: 0.01,
    retrieval: 0.002,
    image: 0.004,
    pathfinder: 0.004,
    pathx: 0.0005,
  },
  // ssm_lr_base · lr_factor in bin/run_experiments of https://github.com/lindermanlab/S5.
  s5: {
    listops: 0.003,
    text: 0.004,
    retrieval: 0.002,
    image: 0.0045,
    pathfinder: 0.0045,
    pathx: 0.0018,
  },
  // examples/mega/README.lra.md of https://github.com/facebookresearch/mega.
  mega: {
    listops: 0.001,
    text: 0.004,
    retrieval: 0.003,
    image: 0.01,
    pathfinder: 0.01,
    pathx: 0.01,
  },
  // configs/experiment/lra of https://github.com/HazyResearch/safari.
  'long-conv': {
    listops: 0.01,
    text: 0.01,
    retrieval: 0.01,
    image: 0.01,
    pathfinder: 0.004,
    pathx: 0.0005,
  },
  // LRA/code/lra_config.py of https://github.com/mlpen/Nystromformer.
  nystromformer: {
    listops: 0.0001,
    text: 0.0001,
    retrieval: 0.0001,
    image: 0.0001,
    pathfinder: 0.0001,
  },
  transformer: arena,
  'block-local': arena,
  sparse: arena,
  reformer: arena,
  sinkhorn: arena,
  longformer: arena,
  linformer: arena,
  bigbird: arena,
  synthesizer: arena,
  'linear-attention': arena,
  performer: arena,
};

/** The rate that a model was published with on a task; undefined where none is public. */
export const publishedRate = (model: string, task: string): number | undefined =>
  published[model]?.[task];
