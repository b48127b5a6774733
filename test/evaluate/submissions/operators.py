"""Compares the lists of operators.ts with the ONNX standard and writes operators.json for the tests.

    pip install onnx==1.23.2 onnxruntime==1.30.0
    python3 test/evaluate/submissions/operators.py

For each accepted operator, operators.json has one small model `tokens -> logits`: the operator of the
standard's own node tests on constant inputs, and logits that are its largest difference from the
standard's result. ONNX Runtime must give 0 for it. Exits with 1 where a list and the standard disagree.
"""

import base64
import json
import math
import re
import sys
import warnings
from pathlib import Path

import numpy as np
import onnxruntime
from onnx import TensorProto, defs, helper, numpy_helper
from onnx.backend.test.case.node import collect_testcases

warnings.filterwarnings("ignore")
here = Path(__file__).parent
source = here.parents[2] / "evaluate" / "submissions" / "operators.ts"
LENGTH, CLASSES, NEWEST = 8, 3, 26
FLOAT = TensorProto.FLOAT


def wrapped(nodes, output, initializers, expected, opset):
    """A model whose logits are the largest difference between `output` and `expected`."""
    expected.name = "expected_"
    nodes = [
        *nodes,
        helper.make_node("Cast", [output], ["a_"], to=FLOAT),
        helper.make_node("Cast", ["expected_"], ["b_"], to=FLOAT),
        helper.make_node("Sub", ["a_", "b_"], ["c_"]),
        helper.make_node("Abs", ["c_"], ["d_"]),
        helper.make_node("Reshape", ["d_", "flat_"], ["e_"]),
        helper.make_node("ReduceMax", ["e_"], ["f_"], keepdims=0),
        helper.make_node("Cast", ["tokens"], ["x_"], to=FLOAT),
        helper.make_node("MatMul", ["x_", "w_"], ["m_"]),
        helper.make_node("Add", ["m_", "f_"], ["logits"]),
    ]
    graph = helper.make_graph(
        nodes,
        "g",
        [helper.make_tensor_value_info("tokens", TensorProto.INT32, ["batch", LENGTH])],
        [helper.make_tensor_value_info("logits", FLOAT, ["batch", CLASSES])],
        [
            *initializers,
            expected,
            numpy_helper.from_array(np.array([-1], np.int64), "flat_"),
            numpy_helper.from_array(np.zeros((LENGTH, CLASSES), np.float32), "w_"),
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)])
    model.ir_version = 10
    return model.SerializeToString()


def of_standard():
    """(operator, opset, model) of the node tests with one node, tensors in and a tensor out."""
    for case in collect_testcases(None):
        graph = case.model and case.model.graph
        if not graph or len(graph.node) != 1 or graph.node[0].domain not in ("", "ai.onnx"):
            continue
        opset = next(o.version for o in case.model.opset_import if o.domain in ("", "ai.onnx"))
        # Opsets below 7 are not accepted, and ONNX Runtime knows none after NEWEST.
        opset = 13 if opset < 7 else min(opset, NEWEST)
        inputs, outputs = case.data_sets[0]
        try:
            initializers = []
            for info, value in zip(graph.input, inputs):
                tensor = tensor_of(value, info)
                tensor.name = info.name
                initializers.append(tensor)
            expected = tensor_of(outputs[0], graph.output[0])
        except (NotImplementedError, TypeError, ValueError):
            continue  # a sequence, or a type that NumPy lacks
        model = wrapped(list(graph.node), graph.output[0].name, initializers, expected, opset)
        yield graph.node[0].op_type, opset, model


def tensor_of(value, info):
    tensor = TensorProto()
    tensor.CopyFrom(
        value if isinstance(value, TensorProto) else numpy_helper.from_array(np.asarray(value))
    )
    text_or_complex = (TensorProto.STRING, TensorProto.COMPLEX64, TensorProto.COMPLEX128)
    if tensor.data_type != info.type.tensor_type.elem_type or tensor.data_type in text_or_complex:
        raise ValueError("another type")
    return tensor


def by_hand():
    """Those that the standard has no test of, or only large ones."""

    def case(operator, opset, arrays, expected, **attributes):
        names = [f"i{i}" for i in range(len(arrays))]
        node = helper.make_node(operator, names, ["y"], **attributes)
        initializers = [numpy_helper.from_array(a, n) for a, n in zip(arrays, names)]
        expected = numpy_helper.from_array(np.asarray(expected, np.float32))
        return operator, opset, wrapped([node], "y", initializers, expected, opset)

    x = np.linspace(-2, 2, 9).astype(np.float32)
    yield case("Erf", 13, [x], [math.erf(value) for value in x])
    yield case("Mish", 18, [x], x * np.tanh(np.log1p(np.exp(x))))
    table = np.arange(12, dtype=np.float32).reshape(3, 4)
    yield case("Slice", 13, [table, np.array([1]), np.array([3])], table[1:3])
    image = np.linspace(0, 1, 32).astype(np.float32).reshape(1, 2, 4, 4)
    yield case("GlobalLpPool", 13, [image], np.sqrt((image**2).sum((2, 3), keepdims=True)))
    squares = (image[0, :, 0, 0] ** 2).sum()
    yield case(
        "LRN", 13, [image[:, :, :1, :1]], image[:, :, :1, :1] / (1 + 1e-4 / 3 * squares) ** 0.75, size=3
    )
    pooled = image.reshape(1, 2, 2, 2, 2, 2).max((3, 5))
    region = np.array([[0, 0, 0, 3, 3]], np.float32)
    yield case("MaxRoiPool", 13, [image, region], pooled, pooled_shape=[2, 2])
    flat = np.full((1, 2, 4, 4), 0.5, np.float32)
    yield case(
        "RoiAlign",
        16,
        [flat, region[:, 1:], np.array([0])],
        np.full((1, 2, 2, 2), 0.5),
        output_height=2,
        output_width=2,
    )


def agrees(model):
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    options.intra_op_num_threads = 1
    try:
        session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        (logits,) = session.run(["logits"], {"tokens": np.zeros((2, LENGTH), np.int32)})
        return bool(np.abs(logits).max() < 1e-2)
    except Exception:  # noqa: BLE001: whatever it raises, it does not run
        return False


def main():
    text = source.read_text()
    lists = [set(found.split()) for found in re.findall(r"words\(\s*[`']([^`']*)[`']", text)]
    accepted, refused = lists[0], set().union(*lists[1:-1])
    standard = {s.name for s in defs.get_all_schemas_with_history() if s.domain == ""}
    problems = [f"in no list: {sorted(standard - accepted - refused)}"] * bool(standard - accepted - refused)
    problems += [f"in two lists: {sorted(accepted & refused)}"] * bool(accepted & refused)
    problems += [f"not of the standard: {sorted((accepted | refused) - standard)}"] * bool(
        (accepted | refused) - standard
    )
    found = {}
    candidates = sorted([*of_standard(), *by_hand()], key=lambda case: len(case[2]))
    for operator, opset, model in candidates:
        if operator in accepted and operator not in found and agrees(model):
            found[operator] = {
                "operator": operator,
                "opset": opset,
                "model": base64.b64encode(model).decode(),
            }
    if accepted - set(found):
        problems.append(f"accepted, but ONNX Runtime runs no test of them: {sorted(accepted - set(found))}")
    lines = [json.dumps(found[operator]) for operator in sorted(found)]
    (here / "operators.json").write_text("[\n" + ",\n".join(lines) + "\n]\n")
    print(f"{len(standard)} operators of the standard: {len(accepted)} accepted, {len(refused)} refused")
    for problem in problems:
        print(problem)
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
