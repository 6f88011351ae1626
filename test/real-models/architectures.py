"""The architectures of tf_keras.applications for make_models.py: small inputs, random weights, statistics that fit them."""

import numpy as np
import tensorflow as tf
from tf_keras import applications, layers

# Name: constructor, edge of the square input in pixels, and its other arguments. Where an architecture can go without
# preprocessing layers it does: TensorFlow.js has none of them.
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


def build(name):
    """The model. Batch normalisations get the statistics of random images, moved a little, with random scale and offset:
    activations stay near 1 through a hundred layers, and every parameter counts."""
    constructor, edge, options = ARCHITECTURES[name]
    model = constructor(weights=None, input_shape=(edge, edge, 3), **options)
    random = np.random.default_rng(7)
    normalisations = [layer for layer in model.layers if isinstance(layer, layers.BatchNormalization)]
    momenta = [layer.momentum for layer in normalisations]
    for layer in normalisations:
        layer.momentum = 0.0
    model(random.uniform(-1, 1, (8, edge, edge, 3)).astype("float32"), training=True)
    for layer, momentum in zip(normalisations, momenta):
        layer.momentum = momentum
        if layer.scale:
            layer.gamma.assign(random.uniform(0.7, 1.3, layer.gamma.shape))
        if layer.center:
            layer.beta.assign(random.uniform(-0.3, 0.3, layer.beta.shape))
        layer.moving_mean.assign(layer.moving_mean * random.uniform(0.9, 1.1, layer.moving_mean.shape))
        layer.moving_variance.assign(layer.moving_variance * random.uniform(0.8, 1.25, layer.moving_variance.shape) + 1e-3)
    for weight in model.weights:
        if weight.name.endswith("/bias:0"):
            weight.assign(random.uniform(-0.1, 0.1, weight.shape))
    tf.debugging.assert_all_finite(model(tf.zeros((1, edge, edge, 3))), name)
    return model
