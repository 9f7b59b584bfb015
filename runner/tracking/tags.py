"""Name the tags that runs carry; people's scripts read them, so a change breaks theirs."""

KIND = "runner.kind"
# MLflow's own: under which run another one is shown.
PARENT = "mlflow.parentRunId"
NOTE = "mlflow.note.content"

# What a run is, and what it came from.
SIGNATURE = "runner.signature"
FINGERPRINT = "runner.fingerprint"
# Of a baseline: the code that its figures come from.
MEASURING = "runner.measuring"
BASELINE_RUN_ID = "runner.baseline_run_id"
REUSED_FROM = "runner.reused_from"
FAILED_TARGETS = "runner.failed_targets"
CPU = "runner.cpu"
PROCESSOR = "runner.processor"
ERROR = "runner.error"

# Who opened it, where and from which code.
PROCESS = "runner.process"
# Who works on it now: an id of one process, which its workers share.
HOLDER = "runner.holder"
# Of what stands alone, and of a job that may outlive its sweep's process: the holder, and a counter
# that moves while it works.
LEASE = "runner.lease"
# Of a run that has no lease of its own: the id of the run whose lease covers it.
LEASED_BY = "runner.leased_by"
# Of a sweep that is about to be worked on: led by this, the holder of whoever wants to.
CLAIM = "runner.claim."
# Of a sweep whose jobs a cluster runs: led by this, where those are that were submitted together.
LAUNCHED = "runner.launched."
# Of a baseline whose weights are among the artifacts: what the file of them hashes to.
WEIGHTS = "runner.weights"
# Of a run that another process went on without: it counts nowhere.
SUPERSEDED = "runner.superseded"
# What the run stands for in its sweep, and which call has created it.
KEY = "runner.key"
ATTEMPT = "runner.attempt"
COMMAND = "runner.command"
VERSIONS = "runner.versions"
GIT_COMMIT = "mlflow.source.git.commit"
GIT_DIRTY = "runner.git_dirty"

# Of a sweep, and of the point that it picks.
SWEEP = "runner.sweep"
POINTS = "runner.points"
# What decides its figures besides its settings: digests, and versions of libraries.
MADE_OF = "runner.made_of"
LEFT = "runner.left"
# How far it has come, as its report says it.
STATE = "runner.state"
# Of a sweep that is a search: what is asked of it, how it ended, and what it would try next.
SEARCH = "runner.search"
SEARCH_END = "runner.search_end"
SEARCH_NEXT = "runner.search_next"
MAX_DROP = "runner.max_drop"
CONFIDENCE = "runner.confidence"
DEVICE = "runner.device"
MEASURE = "runner.measure"
PICK = "runner.pick"
PICK_TARGET = "runner.pick_target"
NO_PICK = "runner.no_pick"
WRITTEN_NOTE = "runner.note"
# Its deletion has begun: the ids of the baselines that go with it.
DELETING = "runner.deleting"

# Of a night.
VERDICT = "runner.verdict"
ACCEPTED = "runner.accepted"
SEED = "runner.seed"
ENTRY = "runner.entry"

# Of a registered model's version, besides some of those above.
SWEEP_RUN_ID = "runner.sweep_run_id"
POINT = "runner.point"
TARGET = "runner.target"
# The word on its drop of validation accuracy, and with which confidence it holds.
CERTAINTY = "runner.certainty"
VERSION_GIT_COMMIT = "runner.git_commit"
SHA256 = "runner.sha256"
# Of the code that answers requests, which a version has a copy of.
SERVED = "runner.served"

# No tag: the name, among the artifacts of each run, of what it was asked for.
SETTINGS = "config.yaml"
