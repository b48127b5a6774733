/**
 * The operators of ONNX's own domain, of every opset (https://onnx.ai/onnx/operators/, onnx 1.23),
 * sorted by what ONNX Runtime does with them here. A submitted model may use all that compute tensors
 * from tensors, the same ones every time.
 *
 * `test/evaluate/submissions/operators.py` compares the lists with the standard and writes the file of
 * each accepted operator that the tests run.
 */

const words = (text: string) => text.trim().split(/\s+/);

export const operators: ReadonlySet<string> = new Set(
  words(`
   Abs Acos Acosh Add AffineGrid And ArgMax ArgMin Asin Asinh Atan Atanh Attention AveragePool
   BatchNormalization BitCast BitShift BitwiseAnd BitwiseNot BitwiseOr BitwiseXor BlackmanWindow Cast
   CastLike Ceil Celu CenterCropPad Clip Col2Im Compress Concat Constant ConstantOfShape Conv
   ConvInteger ConvTranspose Cos Cosh CumProd CumSum DFT DeformConv DepthToSpace DequantizeLinear Det
   Div Dropout DynamicQuantizeLinear Einsum Elu Equal Erf Exp Expand EyeLike Flatten Floor GRU Gather
   GatherElements GatherND Gelu Gemm GlobalAveragePool GlobalLpPool GlobalMaxPool Greater
   GreaterOrEqual GridSample GroupNormalization HammingWindow HannWindow HardSigmoid HardSwish Hardmax
   Identity InstanceNormalization IsInf IsNaN LRN LSTM LayerNormalization LeakyRelu Less LessOrEqual
   Log LogSoftmax LpNormalization LpPool MatMul MatMulInteger Max MaxPool MaxRoiPool MaxUnpool Mean
   MeanVarianceNormalization MelWeightMatrix Min Mish Mod Mul Neg NegativeLogLikelihoodLoss
   NonMaxSuppression NonZero Not OneHot Or PRelu Pad Pow QLinearConv QLinearMatMul QuantizeLinear
   RMSNormalization RNN Range Reciprocal ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax
   ReduceMean ReduceMin ReduceProd ReduceSum ReduceSumSquare Relu Reshape Resize ReverseSequence
   RoiAlign RotaryEmbedding Round STFT Scatter ScatterElements ScatterND Selu Shape Shrink Sigmoid Sign
   Sin Sinh Size Slice Softmax SoftmaxCrossEntropyLoss Softplus Softsign SpaceToDepth Split Sqrt
   Squeeze Sub Sum Swish Tan Tanh TensorScatter ThresholdedRelu Tile TopK Transpose Trilu Unique
   Unsqueeze Upsample Where Xor`),
);

/** Opsets whose models ONNX Runtime runs here, from the first to the last. */
export const opsets = [7, 26] as const;

interface Refusal {
  operators: readonly string[];
  /** What is wrong with them, after the operator's name. */
  problem: string;
  /** How to do without. */
  advice: string;
}

export const refusals: readonly Refusal[] = [
  {
    operators: words('If Loop Scan SequenceMap'),
    problem: 'is control flow, whose time has no bound',
    advice:
      'unroll loops over the length, and export by tracing (torch.export or torch.jit.trace) rather than by torch.jit.script',
  },
  {
    operators: words(`
      Bernoulli Multinomial RandomNormal RandomNormalLike RandomUniform RandomUniformLike`),
    problem: 'draws random numbers',
    advice:
      'call model.eval() before the export, and put in the file as numbers what was drawn once',
  },
  {
    operators: words(`
      ImageDecoder RegexFullMatch StringConcat StringNormalizer StringSplit TfIdfVectorizer`),
    problem: 'works on text or picture files',
    advice: 'begin with the tokens, which are numbers already',
  },
  {
    operators: words(`
      ConcatFromSequence Optional OptionalGetElement OptionalHasElement SequenceAt SequenceConstruct
      SequenceEmpty SequenceErase SequenceInsert SequenceLength SplitToSequence`),
    problem: 'works on sequences of tensors',
    advice:
      'use one tensor for a list: torch.stack in place of a list, and split with sizes known at export',
  },
  {
    operators: words('CausalConvWithState LinearAttention SwiGLU'),
    problem: `is of an opset after ${opsets[1]}, the last that ONNX Runtime runs here`,
    advice: `export with opset_version=${opsets[1]} or lower, which writes it in simpler operators`,
  },
];

/** Why an operator is not accepted, and what to do. */
export function refusalOf(operator: string): { problem: string; advice: string } {
  return (
    refusals.find(({ operators }) => operators.includes(operator)) ?? {
      problem: 'is no operator of the ONNX standard',
      advice: 'export with the standard operators only',
    }
  );
}

/** Operators that round to few bits: their models differ more between batches. */
export const roundingOperators: ReadonlySet<string> = new Set(
  words(`
    ConvInteger DequantizeLinear DynamicQuantizeLinear MatMulInteger QLinearConv QLinearMatMul
    QuantizeLinear`),
);
