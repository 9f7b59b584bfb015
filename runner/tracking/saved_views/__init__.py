"""Save how MLflow's page of an experiment's runs shows a sweep, where its server takes that."""
