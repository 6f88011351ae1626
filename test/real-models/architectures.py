"""The architectures of tf_keras.applications for make_models.py: small inputs, random weights, statistics that fit them."""

import numpy as np
import tensorflow as tf
from tf_keras import Model, applications, layers

# Name: constructor, edge of the square input in pixels, and its other arguments. All go without their preprocessing
# layers: TensorFlow.js lacks some of them.
ARCHITECTURES = {
    "mobilenetv2": (applications.MobileNetV2, 96, {}),
    "mobilenet": (applications.MobileNet, 96, {}),
    "mobilenetv3small": (applications.MobileNetV3Small, 96, {"include_preprocessing": False}),
    "efficientnetb0": (applications.EfficientNetB0, 96, {}),
    "efficientnetv2b0": (applications.EfficientNetV2B0, 96, {"include_preprocessing": False}),
    "nasnetmobile": (applications.NASNetMobile, 96, {}),
    "densenet121": (applications.DenseNet121, 96, {}),
    "resnet50": (applications.ResNet50, 96, {}),
    "xception": (applications.Xception, 96, {}),
    "inceptionv3": (applications.InceptionV3, 96, {}),
    "convnexttiny": (applications.ConvNeXtTiny, 64, {"include_preprocessing": False}),
    "vgg16": (applications.VGG16, 64, {}),
}


def images(name, count, seed):
    """Random ones between -1 and 1."""
    _, edge, _ = ARCHITECTURES[name]
    return np.random.default_rng(seed).uniform(-1, 1, (count, edge, edge, 3)).astype("float32")


def build(name):
    """The model. Batch normalisations get a random scale and offset, then the statistics of random images: activations
    stay near 1 through a hundred layers, and every parameter counts."""
    constructor, edge, options = ARCHITECTURES[name]
    model = constructor(weights=None, input_shape=(edge, edge, 3), **options)
    if name == "efficientnetb0":  # has no option for it
        model = Model(model.get_layer("normalization").output, model.output, name=name)
    random = np.random.default_rng(7)
    for weight in model.weights:
        kind = weight.name.split("/")[-1]
        if kind in ("gamma:0", "beta:0", "bias:0"):
            offset = 1 if kind == "gamma:0" else 0
            weight.assign(random.uniform(offset - 0.2, offset + 0.2, weight.shape))
    normalisations = [layer for layer in model.layers if isinstance(layer, layers.BatchNormalization)]
    momenta = [layer.momentum for layer in normalisations]
    for layer in normalisations:
        layer.momentum = 0.0
    model(images(name, 8, seed=7), training=True)
    for layer, momentum in zip(normalisations, momenta):
        layer.momentum = momentum
    largest = float(tf.reduce_max(model(images(name, 2, seed=8))))
    if not largest < 0.5:  # nor where it is no number
        raise ValueError(f"the largest of 1000 probabilities is {largest}: it hides what the others are")
    return model
