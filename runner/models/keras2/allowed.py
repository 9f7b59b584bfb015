"""List what of Keras 2 a model file may name, without importing it.

A class that is in none of these lists is not loaded from a file that is not trusted.
"""

# Layers that compute something from numbers in the file, and do nothing else.
LAYERS = {
    *("Activation", "ActivityRegularization", "Add", "AddLoss", "AddMetric", "AdditiveAttention"),
    *("AlphaDropout", "Attention", "Average", "AveragePooling1D", "AveragePooling2D"),
    *("AveragePooling3D", "BatchNormalization", "BatchNormalizationV1", "BatchNormalizationV2"),
    *("Bidirectional", "CategoryEncoding", "CenterCrop", "Concatenate", "Conv1D"),
    *("Conv1DTranspose", "Conv2D", "Conv2DTranspose", "Conv3D", "Conv3DTranspose", "ConvLSTM1D"),
    *("ConvLSTM2D", "ConvLSTM3D", "Cropping1D", "Cropping2D", "Cropping3D", "CuDNNGRU"),
    *("CuDNNLSTM", "Dense", "DepthwiseConv1D", "DepthwiseConv2D", "Discretization", "Dot"),
    *("Dropout", "ELU", "EinsumDense", "Embedding", "Flatten", "GRU", "GRUCell", "GRUCellV1"),
    *("GRUCellV2", "GRUV1", "GRUV2", "GaussianDropout", "GaussianNoise"),
    *("GlobalAveragePooling1D", "GlobalAveragePooling2D", "GlobalAveragePooling3D"),
    *("GlobalMaxPooling1D", "GlobalMaxPooling2D", "GlobalMaxPooling3D", "GroupNormalization"),
    *("Identity", "InputLayer", "LSTM", "LSTMCell", "LSTMCellV1", "LSTMCellV2", "LSTMV1"),
    *("LSTMV2", "LayerNormalization", "LeakyReLU", "LocallyConnected1D", "LocallyConnected2D"),
    *("Masking", "MaxPooling1D", "MaxPooling2D", "MaxPooling3D", "Maximum", "Minimum"),
    *("MultiHeadAttention", "Multiply", "Normalization", "PReLU", "Permute", "RNN"),
    *("RandomBrightness", "RandomContrast", "RandomCrop", "RandomFlip", "RandomHeight"),
    *("RandomRotation", "RandomTranslation", "RandomWidth", "RandomZoom", "ReLU", "RepeatVector"),
    *("Rescaling", "Reshape", "Resizing", "SeparableConv1D", "SeparableConv2D", "SimpleRNN"),
    *("SimpleRNNCell", "Softmax", "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D"),
    *("SpectralNormalization", "StackedRNNCells", "Subtract", "SyncBatchNormalization"),
    *("ThresholdedReLU", "TimeDistributed", "UnitNormalization", "UpSampling1D", "UpSampling2D"),
    *("UpSampling3D", "ZeroPadding1D", "ZeroPadding2D", "ZeroPadding3D"),
}
# Layers of single networks of Keras, by the names under which files name them.
OF_NETWORKS = {"CustomScaleLayer", "Custom>CustomScaleLayer", "LayerScale"}
# Layers that call a function of TensorFlow by its name.
CALLS = {"SlicingOpLambda", "TFOpLambda"}
MODELS = {"Functional", "Model", "Sequential"}

_RUNS = "loading it runs code from the file"
_READS = "loading it may read any file of this machine"
_UNCHECKED = "what it does with the file is not known to be harmless"
# Classes of Keras that are loaded only from a file that is trusted, and why.
UNSAFE = {
    **dict.fromkeys(["ClassMethod", "DropoutWrapper", "InstanceMethod", "InstanceProperty"], _RUNS),
    **dict.fromkeys(["Lambda", "ResidualWrapper", "TensorFlowOpLayer", "__lambda__"], _RUNS),
    **dict.fromkeys(["DenseFeatures", "DynamicEmbedding", "DynamicLookup"], _READS),
    **dict.fromkeys(["IntegerLookup", "SequenceFeatures", "StringLookup"], _READS),
    **dict.fromkeys(["TextVectorization"], _READS),
    **dict.fromkeys(["AbstractRNNCell", "CompositeTensor", "DeviceWrapper"], _UNCHECKED),
    **dict.fromkeys(["HashedCrossing", "Hashing", "InputSpec", "Layer"], _UNCHECKED),
    **dict.fromkeys(["LinearModel", "PreprocessingLayer", "RandomFourierFeatures"], _UNCHECKED),
    **dict.fromkeys(["TypeSpec", "WideDeepModel", "Wrapper", "__bytes__"], _UNCHECKED),
    **dict.fromkeys(["__typespec__"], _UNCHECKED),
}

# What Keras writes for values that JSON has no form for.
VALUES = {"TensorShape", "__ellipsis__", "__numpy__", "__slice__", "__tensor__", "__tuple__"}
POLICIES = {"Policy", "PolicyV1"}

# Names of functions, as files give them.
ACTIVATIONS = {
    *("elu", "exponential", "gelu", "hard_sigmoid", "leaky_relu", "linear", "log_softmax", "mish"),
    *("relu", "relu6", "selu", "sigmoid", "silu", "softmax", "softplus", "softsign", "swish"),
    "tanh",
}
# Classes, also by the names that Keras derives from theirs, as in kernel_initializer="ones".
INITIALIZERS = {
    *("Constant", "GlorotNormal", "GlorotUniform", "HeNormal", "HeUniform", "Identity"),
    *("LecunNormal", "LecunUniform", "Ones", "Orthogonal", "RandomNormal", "RandomUniform"),
    *("TruncatedNormal", "VarianceScaling", "Zeros", "constant", "glorot_normal"),
    *("glorot_uniform", "he_normal", "he_uniform", "identity", "lecun_normal", "lecun_uniform"),
    *("normal", "one", "ones", "orthogonal", "random_normal", "random_uniform"),
    *("truncated_normal", "uniform", "variance_scaling", "zero", "zeros"),
}
REGULARIZERS = {
    *("L1", "L1L2", "L2", "OrthogonalRegularizer", "l1", "l1_l2", "l2", "orthogonal_regularizer"),
}
CONSTRAINTS = {
    *("MaxNorm", "MinMaxNorm", "NonNeg", "RadialConstraint", "UnitNorm", "max_norm"),
    *("min_max_norm", "non_neg", "radial_constraint", "unit_norm"),
}
