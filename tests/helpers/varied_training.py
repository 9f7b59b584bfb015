"""Choose every setting of training that is not left as it is usually."""

# Of any training.
FALLING = ("learning_rate_schedule=cosine", "warmup_epochs=0.5", "class_weights=balanced")
# Of the baseline and of the pruned model, and of the images for both.
VARIED = (
    *("augment.shift=1", "augment.flip=both", "augment.rotation=0.02", "augment.zoom=0.1"),
    *("augment.brightness=0.1", "augment.contrast=0.1"),
    *(f"baseline.{setting}" for setting in FALLING),
    *("baseline.epochs=4", "baseline.early_stopping=1"),
    *("schedule.optimizer=sgd", "schedule.learning_rate=0.05", "schedule.distill=true"),
    *("schedule.learning_rate_schedule=exponential", "schedule.epochs=4", "schedule.end=0.5"),
    *("schedule.early_stopping=1", "export.targets=[h5]", "hydra.launcher.n_jobs=1"),
)
