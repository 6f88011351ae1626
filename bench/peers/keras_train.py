"""The networks of the bench as a user of Keras writes them, trained with train_on_batch."""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ["KERAS_BACKEND"] = "tensorflow"

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from protocol import ripples, serve, task

FILTERS, POOLS, DROPOUTS = [64, 64, 128, 128], [2, 4, 4, 4], [0.3, 0.3, 0.4, 0.4]


def blocks(wrap):
    for filters, pool, dropout in zip(FILTERS, POOLS, DROPOUTS):
        yield wrap(layers.Conv2D(filters, 3, padding="same"))
        yield wrap(layers.BatchNormalization())
        yield wrap(layers.Activation("elu"))
        yield wrap(layers.MaxPooling2D(pool, padding="same"))
        yield wrap(layers.Dropout(dropout))
    yield wrap(layers.Flatten())


def cnn():
    return keras.Sequential([
        layers.Input((60, 216, 1)),
        *blocks(lambda layer: layer),
        layers.Dense(64),
        layers.Dropout(0.5),
        layers.BatchNormalization(),
        layers.Activation("relu"),
        layers.Dropout(0.5),
        layers.Dense(8, activation="softmax"),
    ])


def cnn_lstm():
    return keras.Sequential([
        layers.Input((2, 60, 216, 1)),
        *blocks(layers.TimeDistributed),
        layers.LSTM(256),
        layers.Dense(8, activation="softmax"),
    ])


def main():
    settings = task()
    tf.config.threading.set_intra_op_parallelism_threads(settings["threads"])
    keras.utils.set_random_seed(1)
    model = {"cnn": cnn, "cnn-lstm": cnn_lstm}[settings["model"]]()
    model.compile(
        optimizer=keras.optimizers.Adam(settings["learningRate"]),
        loss="categorical_crossentropy",
        metrics=["accuracy"],
    )
    features, labels = ripples(settings)
    x = features.reshape(len(features), *model.input_shape[1:])
    y = np.eye(settings["labels"], dtype="float32")[labels]
    gpus = tf.config.list_physical_devices("GPU")
    device = tf.config.experimental.get_device_details(gpus[0]).get("device_name", "GPU") if gpus else "CPU"

    def step():
        loss, _ = model.train_on_batch(x, y)
        # Keras answers the mean since the last reset; we want each step's own loss.
        model.reset_metrics()
        return loss

    serve(step, model.count_params(), device, {"keras": keras.__version__, "tensorflow (Keras)": tf.__version__})


main()
