"""Functions of TensorFlow for make_models.py, after what detection, pose and speech models do beyond layers.

Each constructor gives a module with `examples` (inputs by name), the tf.function, whose outputs have names, and whether
there is control flow in it, which TensorFlow.js saves in two ways.
"""

import numpy as np
import tensorflow as tf
import tf_keras
from tf_keras import layers

FUNCTIONS = {}


def random(*shape, seed=1):
    return np.random.default_rng(seed).normal(size=shape).astype("float32")


def function(name, control_flow, examples, integers=(), **inputs):
    """Registers a Python function over tensors of these shapes, of float32 where they are not named integers."""

    def register(call):
        def make():
            module = tf.Module()
            module.examples = examples
            specs = {
                key: tf.TensorSpec(shape, "int32" if key in integers else "float32", name=key)
                for key, shape in inputs.items()
            }
            module.call = tf.function(call, input_signature=list(specs.values()))
            return module, module.call, control_flow

        FUNCTIONS[name] = make
        return call

    return register


def keras(name, examples, *stack):
    """Registers a Keras model of recurrent layers, which are loops in a graph."""

    def make():
        model = tf_keras.Sequential([layers.InputLayer((None, 6), name="input"), *(build() for build in stack)])
        for weight in model.weights:
            weight.assign(random(*weight.shape, seed=len(weight.shape)) * 0.4)
        module = tf.Module()
        module.model, module.examples = model, examples
        spec = tf.TensorSpec((None, None, 6), "float32", name="sequence")
        module.call = tf.function(lambda sequence: {"output": model(sequence)}, input_signature=[spec])
        return module, module.call, True

    FUNCTIONS[name] = make


sequences = [{"sequence": random(1, 5, 6)}, {"sequence": random(3, 8, 6, seed=2)}]
keras("control-flow-lstm", sequences, lambda: layers.LSTM(7))
keras(
    "control-flow-gru",
    sequences,
    lambda: layers.Bidirectional(layers.GRU(5, return_sequences=True)),
    lambda: layers.GRU(4, reset_after=False, go_backwards=True),
    lambda: layers.Dense(3),
)


@function("control-flow-cond", True, [{"x": random(2, 3)}, {"x": -random(2, 3)}, {"x": random(4, 3, seed=3)}], x=(None, 3))
def cond(x):
    """A branch chosen by the data, with a branch inside."""
    total = tf.reduce_sum(x)
    return {
        "chosen": tf.cond(
            total > 0,
            lambda: tf.cond(total > 3, lambda: x * 2.0, lambda: x @ tf.constant(random(3, 3, seed=5))),
            lambda: tf.nn.relu(x) - 1.0,
        )
    }


@function("control-flow-while", True, [{"x": random(2, 3)}, {"x": random(3, 3, seed=2) * 20}], x=(None, 3))
def while_(x):
    """As many steps as the data ask for, a weight captured from outside."""
    matrix = tf.constant(random(3, 3, seed=4) * 0.3)
    steps, state = tf.while_loop(
        lambda i, state: (tf.norm(state) > 0.1) & (i < 50), lambda i, state: (i + 1, state @ matrix), [0, x]
    )
    return {"steps": steps, "state": state}


@function("control-flow-tensor-array", True, [{"x": random(4, 3)}, {"x": random(7, 3, seed=2)}], x=(None, 3))
def tensor_array(x):
    """A running sum written step by step, read again, stacked, and its rows joined."""
    size = tf.shape(x)[0]
    rows = tf.TensorArray("float32", size).unstack(x)
    written = tf.TensorArray("float32", size, element_shape=[3])

    def step(i, total, written):
        total = total * 0.5 + rows.read(i)
        return i + 1, total, written.write(i, tf.tanh(total))

    _, total, written = tf.while_loop(lambda i, *_: i < size, step, [0, tf.zeros(3), written])
    return {"stacked": written.stack(), "last": total}


@function("control-flow-nested", True, [{"x": random(3, 4)}, {"x": random(5, 4, seed=6)}], x=(None, 4))
def nested(x):
    """A loop in a loop, with a branch inside."""

    def inner(row, j):
        return tf.cond(tf.reduce_sum(row) > 0, lambda: row - 0.25 * tf.cast(j, "float32"), lambda: row + 0.5)

    def outer(i, x):
        _, row = tf.while_loop(lambda j, _: j < i + 1, lambda j, row: (j + 1, inner(row, j)), [0, tf.reduce_mean(x, 0)])
        return i + 1, x + row

    _, result = tf.while_loop(lambda i, _: i < 3, outer, [0, x])
    return {"result": result}


def boxes(count, seed):
    generator = np.random.default_rng(seed)
    corner = generator.uniform(0, 0.7, (count, 2))
    return np.concatenate([corner, corner + generator.uniform(0.1, 0.3, (count, 2))], 1).astype("float32")


def scores(*shape, seed):
    """No two alike, so that the order is not a matter of taste."""
    return (np.random.default_rng(seed).permutation(np.prod(shape)).reshape(shape) / np.prod(shape)).astype("float32")


detections = [
    {"boxes": boxes(count, seed), "scores": scores(count, seed=seed)} for count, seed in ((20, 1), (33, 2))
]


@function("non-max-suppression", False, detections, boxes=(None, 4), scores=(None,))
def non_max_suppression(boxes, scores):
    """Versions 3, 4 (padded) and 5 (soft)."""
    kept = tf.image.non_max_suppression(boxes, scores, 10, 0.4, 0.1)
    padded, valid = tf.raw_ops.NonMaxSuppressionV4(
        boxes=boxes, scores=scores, max_output_size=10, iou_threshold=0.4, score_threshold=0.6, pad_to_max_output_size=True
    )
    soft, soft_scores = tf.image.non_max_suppression_with_scores(boxes, scores, 10, 1.0, 0.2, 0.5)
    return {
        "kept": tf.gather(boxes, kept),
        "padded": padded,
        "valid": valid,
        "soft": soft,
        "soft_scores": soft_scores,
    }


@function("detection-head", True, [{"image": random(1, 16, 16, 3)}, {"image": random(1, 16, 16, 3, seed=4)}], image=(1, 16, 16, 3))
def detection_head(image):
    """Anchors decoded, the best chosen class by class in a loop, cut out of the image."""
    features = tf.nn.relu6(tf.nn.conv2d(image, random(3, 3, 3, 8) * 0.3, 2, "SAME"))
    raw = tf.reshape(tf.nn.conv2d(features, random(1, 1, 8, 4, seed=2) * 0.3, 1, "VALID"), (-1, 4))
    logits = tf.reshape(tf.nn.conv2d(features, random(1, 1, 8, 3, seed=3), 1, "VALID"), (-1, 3))
    grid = tf.stack(tf.meshgrid(tf.range(8.0), tf.range(8.0), indexing="ij"), -1)
    centre = (tf.reshape(grid, (-1, 2)) + tf.sigmoid(raw[:, :2])) / 8.0
    size = tf.exp(tf.clip_by_value(raw[:, 2:], -2.0, 1.0)) * 0.2
    corners = tf.concat([centre - size / 2.0, centre + size / 2.0], 1)
    probabilities = tf.nn.softmax(logits)

    def best(label):
        kept = tf.image.non_max_suppression(corners, probabilities[:, label], 3, 0.3)
        return tf.pad(tf.gather(corners, kept), [[0, 3 - tf.shape(kept)[0]], [0, 0]])

    _, found = tf.while_loop(
        lambda label, _: label < 3,
        lambda label, found: (label + 1, tf.tensor_scatter_nd_update(found, [[label]], best(label)[None])),
        [0, tf.zeros((3, 3, 4))],
    )
    crops = tf.image.crop_and_resize(image, found[:, 0], tf.zeros(3, "int32"), (4, 4))
    return {"boxes": found, "crops": crops}


@function("resize", False, [{"image": random(1, 5, 7, 3)}, {"image": random(2, 9, 4, 3, seed=2)}], image=(None, None, None, 3))
def resize(image):
    """Every way of TensorFlow to count pixels, to known sizes and to one worked out from the image."""
    twice = tf.shape(image)[1:3] * 2
    outputs = {}
    for kind, resized in (("bilinear", tf.compat.v1.image.resize_bilinear), ("nearest", tf.compat.v1.image.resize_nearest_neighbor)):
        outputs[kind] = resized(image, (8, 10))
        outputs[f"{kind}_twice"] = resized(image, twice)
        outputs[f"{kind}_corners"] = resized(image, (8, 10), align_corners=True)
        outputs[f"{kind}_half"] = resized(image, (8, 10), half_pixel_centers=True)
    return outputs


@function("gather-and-scatter", False, [{"x": scores(3, 6, seed=1) - 0.5}, {"x": scores(5, 6, seed=2) - 0.5}], x=(None, 6))
def gather_and_scatter(x):
    values, indices = tf.math.top_k(x, 3)
    positive = tf.where(x > 0)
    return {
        "values": values,
        "indices": indices,
        "positive": tf.gather_nd(x, positive),
        "where": positive,
        "scattered": tf.scatter_nd(tf.cast(positive, "int32"), tf.gather_nd(x, positive) * 2.0, tf.shape(x)),
        "chosen": tf.gather(x, indices, batch_dims=1),
        "masked": tf.boolean_mask(x, tf.reduce_sum(x, 1) > tf.reduce_mean(x) * 6.0),
        "last": x[:, ::-2][..., tf.newaxis],
        "one_hot": tf.one_hot(tf.argmax(x, 1), 6, 2.0, -1.0),
        "divided": tf.math.divide_no_nan(x, tf.nn.relu(x)),
    }


@function("spectrum", False, [{"samples": random(1, 512)}, {"samples": random(2, 700, seed=2)}], samples=(None, None))
def spectrum(samples):
    """A log-mel spectrogram as tf.signal makes it."""
    stft = tf.signal.stft(samples, 128, 64, 128, pad_end=True)
    mel = tf.signal.linear_to_mel_weight_matrix(10, 65, 8000, 100.0, 4000.0)
    return {"mel": tf.math.log(tf.abs(stft) @ mel + 1e-3)}


@function("ragged", False, [{"lengths": np.int32([2, 0, 3])}, {"lengths": np.int32([1, 4])}], integers=("lengths",), lengths=(None,))
def ragged(lengths):
    """Rows of different lengths, padded."""
    return {"padded": tf.ragged.range(lengths).to_tensor(-1)}


def hash_table():
    """A table with its initialiser, which a TensorFlow.js model holds as a graph of its own."""
    module = tf.Module()
    module.examples = [{"keys": np.int32([3, 7, 1])}, {"keys": np.int32([9])}]
    entries = tf.lookup.KeyValueTensorInitializer(tf.constant([1, 3, 9]), tf.constant([10.0, 30.0, 90.0]))
    module.table = tf.lookup.StaticHashTable(entries, -1.0)
    spec = tf.TensorSpec((None,), "int32", name="keys")
    module.call = tf.function(lambda keys: {"values": module.table.lookup(keys)}, input_signature=[spec])
    return module, module.call, False


FUNCTIONS["hash-table"] = hash_table


@function("transformer", False, [{"x": random(1, 6, 8)}, {"x": random(2, 9, 8, seed=2)}], x=(None, None, 8))
def transformer(x):
    """Self-attention by einsum, layer normalisation by moments, GELU by erf."""
    heads = [tf.einsum("bte,ehd->bhtd", x, random(8, 2, 4, seed=i) * 0.4) for i in range(3)]
    weights = tf.nn.softmax(tf.matmul(heads[0], heads[1], transpose_b=True) / 2.0)
    mixed = tf.einsum("bhtd,hde->bte", weights @ heads[2], random(2, 4, 8, seed=4)) + x
    mean, variance = tf.nn.moments(mixed, -1, keepdims=True)
    normal = tf.nn.batch_normalization(mixed, mean, variance, None, None, 1e-5)
    return {"output": tf.nn.gelu(normal @ random(8, 5, seed=5)), "total": tf.cumsum(normal, 1, exclusive=True)}
