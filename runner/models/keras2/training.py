"""List what of Keras a model inside a model may have been compiled with.

A model in a file is read without what it was compiled with; Keras compiles the models inside it all
the same. The names are those of Keras 2 and Keras 3.
"""

OPTIMIZERS = {
    *("Adadelta", "Adafactor", "Adagrad", "Adam", "AdamW", "Adamax", "Ftrl", "Lamb", "Lion"),
    *("LossScaleOptimizer", "Muon", "Nadam", "RMSprop", "SGD", "ScheduleFreeAdamW"),
}
# Of the learning rate.
SCHEDULES = {
    *("CosineDecay", "CosineDecayRestarts", "ExponentialDecay", "InverseTimeDecay"),
    *("PiecewiseConstantDecay", "PolynomialDecay"),
}
LOSSES = {
    *("BinaryCrossentropy", "BinaryFocalCrossentropy", "CTC", "CategoricalCrossentropy"),
    *("CategoricalFocalCrossentropy", "CategoricalGeneralizedCrossEntropy", "CategoricalHinge"),
    *("Circle", "CosineSimilarity", "Dice", "Hinge", "Huber", "KLDivergence", "LogCosh", "Tversky"),
    *("MeanAbsoluteError", "MeanAbsolutePercentageError"),
    *("MeanSquaredError", "MeanSquaredLogarithmicError", "Poisson"),
    *("SparseCategoricalCrossentropy", "SquaredHinge"),
}
METRICS = LOSSES | {
    *("AUC", "Accuracy", "BinaryAccuracy", "BinaryIoU", "CategoricalAccuracy"),
    *("ConcordanceCorrelation", "F1Score", "FBetaScore", "FalseNegatives", "FalsePositives", "IoU"),
    *("LogCoshError", "Mean", "MeanIoU", "MeanRelativeError", "MeanTensor", "OneHotIoU"),
    *("OneHotMeanIoU", "PearsonCorrelation", "Precision", "PrecisionAtRecall", "R2Score", "Recall"),
    *("RecallAtPrecision", "RootMeanSquaredError", "SensitivityAtSpecificity"),
    *("SparseCategoricalAccuracy", "SparseTopKCategoricalAccuracy", "SpecificityAtSensitivity"),
    *("Sum", "TopKCategoricalAccuracy", "TrueNegatives", "TruePositives"),
}
FUNCTIONS = {
    *("binary_accuracy", "binary_crossentropy", "binary_focal_crossentropy"),
    *("categorical_accuracy", "categorical_crossentropy", "categorical_focal_crossentropy"),
    *("categorical_generalized_cross_entropy", "categorical_hinge", "circle"),
    *("concordance_correlation", "cosine_similarity", "ctc", "dice", "pearson_correlation"),
    *("tversky", "hinge", "huber", "kl_divergence", "log_cosh"),
    *("mean_absolute_error", "mean_absolute_percentage_error", "mean_squared_error"),
    *("mean_squared_logarithmic_error", "poisson", "sparse_categorical_accuracy"),
    *("sparse_categorical_crossentropy", "sparse_top_k_categorical_accuracy", "squared_hinge"),
    "top_k_categorical_accuracy",
}
