#!/bin/sh
# Builds what the engine `tensorflow` needs on Linux: the binding of @tensorflow/tfjs-node-gpu, compiled
# against TensorFlow's C library of the Python package. Everything comes from npm and PyPI.
#
#   sh evaluate/engine/tensorflow.sh          without a GPU: tensorflow-cpu, 1.3 GB
#   sh evaluate/engine/tensorflow.sh --gpu    for an NVIDIA GPU: tensorflow[and-cuda], with CUDA and cuDNN
#
# Needs python3 (3.10 to 3.13) with venv, npm and g++. Writes to node_modules alone, so that `npm ci`
# takes it away. `npm run evaluate -- engines` says whether the engine works.
set -eu
cd "$(dirname "$0")/../.."

version=2.21.0 # the last that was tried with tfjs-node 4.22.0
napi=8         # the newest that tfjs-node 4.22.0 looks for
package=node_modules/@tensorflow/tfjs-node-gpu
venv=node_modules/.cache/tensorflow

fail() {
  echo "Error: $1" >&2
  exit 1
}
[ "$(uname -s)" = Linux ] || fail "This script knows Linux alone; elsewhere, npm install --no-save @tensorflow/tfjs-node brings a library."
[ -d "$package" ] || fail "$package is missing: run npm ci."
for tool in python3 npm g++; do
  command -v "$tool" >/dev/null || fail "There is no $tool here (Debian: apt-get install python3-venv npm g++)."
done

python3 -m venv "$venv"
case "${1:-}" in
'')
  # TensorFlow's own dependencies are Python's; the C library needs none of them.
  [ "$(uname -m)" = x86_64 ] && name=tensorflow-cpu || name=tensorflow
  "$venv/bin/pip" install --quiet --no-deps "$name==$version"
  ;;
--gpu) "$venv/bin/pip" install --quiet "tensorflow[and-cuda]==$version" ;;
*)
  echo "Error: \"$1\" is unknown; the only flag is --gpu." >&2
  exit 2
  ;;
esac
library=$(ls -d "$PWD/$venv"/lib/python3*/site-packages/tensorflow)

headers=$(mktemp -d)
trap 'rm -rf "$headers"' EXIT
npm pack --silent --pack-destination "$headers" node-api-headers@1.9.0 >/dev/null
tar -xzf "$headers"/node-api-headers-*.tgz -C "$headers"

mkdir -p "$package/lib/napi-v$napi"
g++ -std=c++17 -O2 -shared -fPIC -w -DNAPI_VERSION=$napi \
  -I"$headers/package/include" -I"$library/include" \
  "$package/binding/tfjs_backend.cc" "$package/binding/tfjs_binding.cc" \
  "$library/libtensorflow_cc.so.2" "$library/libtensorflow_framework.so.2" -Wl,-rpath,"$library" \
  -o "$package/lib/napi-v$napi/tfjs_binding.node"
echo "Built. Does it work? npm run evaluate -- engines"
