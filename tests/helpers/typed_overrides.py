"""List overrides of every kind as they are typed, and what becomes of each."""

from typing import Any

# What is typed for a single point, a setting, and the value that it gets.
SINGLE: list[tuple[list[str], str, Any]] = [
    (
        ["schedule.layer_sparsity={conv_*: 0.5,a:-0.0}"],
        "schedule.layer_sparsity",
        {"conv_*": 0.5, "a": 0.0},
    ),
    (["tracking.experiment=a b"], "tracking.experiment", "a b"),
    (['tracking.experiment="a, b"'], "tracking.experiment", "a, b"),
    (["tracking.experiment='a=b'"], "tracking.experiment", "a=b"),
    (["tracking.experiment='it\\'s'"], "tracking.experiment", "it's"),
    (['tracking.experiment="ünï"'], "tracking.experiment", "ünï"),
    (["tracking.experiment=a\\,b"], "tracking.experiment", "a,b"),
    (["tracking.experiment=100%"], "tracking.experiment", "100%"),
    (["export.targets=[h5, tflite_int8]"], "export.targets", ("h5", "tflite_int8")),
    (["schedule.dense_layers=[]"], "schedule.dense_layers", ()),
    (["schedule={final_sparsity:0.7,epochs:3}"], "schedule.final_sparsity", 0.7),
    (["schedule=constant"], "schedule.name", "constant"),
    (["dataset='digits'"], "dataset.name", "digits"),
    (["dataset=[digits]"], "dataset.name", "digits"),
    (["++seed=3"], "seed", 3),
    (["++schedule.epochs=3"], "schedule.epochs", 3),
    (["seed=1", "seed=2"], "seed", 2),
    (["seed=-0"], "seed", 0),
    (["seed=1_000"], "seed", 1000),
    (["seed=int(3.7)"], "seed", 3),
    (["schedule.final_sparsity=float(0.7)"], "schedule.final_sparsity", 0.7),
    (["sweep.resume=bool(0)"], "sweep.resume", False),
    (["sweep.resume=FALSE"], "sweep.resume", False),
    (["sweep.max_failures=null"], "sweep.max_failures", None),
    (["seed=${threads}"], "seed", 1),
    (["tracking.experiment=${oc.env:NOPE,here}"], "tracking.experiment", "here"),
    (["hydra.launcher.n_jobs=${threads}"], "seed", 0),
    (["hydra.launcher={n_jobs:2}"], "seed", 0),
    (["hydra/launcher=joblib", "hydra.launcher.n_jobs=-3"], "seed", 0),
    (["hydra/launcher=joblib", "+hydra.launcher._recursive_=false"], "seed", 0),
    (["hydra/sweeper=basic", "hydra.sweeper.max_batch_size=2"], "seed", 0),
]
# What is typed after -m, a setting, and its values by the names of the points.
SEVERAL: list[tuple[list[str], str, dict[str, Any]]] = [
    (
        ["schedule.initial_sparsity=-0.0,0.1"],
        "schedule.initial_sparsity",
        {"initial_sparsity=0.0": 0.0, "initial_sparsity=0.1": 0.1},
    ),
    (["seed=1,2"], "seed", {"seed=1": 1, "seed=2": 2}),
    (["seed=choice(1)"], "seed", {"seed=1": 1}),
    (["seed=range(3)"], "seed", {"seed=0": 0, "seed=1": 1, "seed=2": 2}),
    (["seed=range(3,1,-1)"], "seed", {"seed=3": 3, "seed=2": 2}),
    (["seed=sort(3,1,reverse=true)"], "seed", {"seed=3": 3, "seed=1": 1}),
    (["seed=shuffle(range(1,3))"], "seed", {"seed=1": 1, "seed=2": 2}),
    (["seed=tag(a,b,choice(1,2))"], "seed", {"seed=1": 1, "seed=2": 2}),
    (["seed=1,2", "seed=3"], "seed", {"seed=3": 3}),
    (["++seed=1,2"], "seed", {"++seed=1": 1, "++seed=2": 2}),
    (
        ["schedule.final_sparsity=float(choice(0.6,0.7))"],
        "schedule.final_sparsity",
        {"final_sparsity=0.6": 0.6, "final_sparsity=0.7": 0.7},
    ),
    (
        ["compress=glob(q*)"],
        "compress.name",
        {"compress=qat": "qat"},
    ),
    (
        ["dataset=glob([dig*,npz],exclude=npz)"],
        "dataset.name",
        {"dataset=digits": "digits"},
    ),
    (
        ["schedule.dense_layers=[],[a,b]"],
        "schedule.dense_layers",
        {"dense_layers=[]": (), "dense_layers=[a,b]": ("a", "b")},
    ),
    (
        ["schedule.layer_sparsity={a:0.5},{b:0.5}"],
        "schedule.layer_sparsity",
        {"layer_sparsity={a:0.5}": {"a": 0.5}, "layer_sparsity={b:0.5}": {"b": 0.5}},
    ),
    (
        ["tracking.experiment='a,b'"],
        "tracking.experiment",
        {"one point": "a,b"},
    ),
    (
        ["hydra.sweeper.params={seed:'1,2'}"],
        "seed",
        {"seed=1": 1, "seed=2": 2},
    ),
    (
        ["hydra.sweeper.points=[{seed:1,schedule.layer_sparsity:{a:0.5}}]"],
        "schedule.layer_sparsity",
        {"seed=1 layer_sparsity={a:0.5}": {"a": 0.5}},
    ),
    (
        ["hydra.sweeper.points=[{schedule.dense_layers:['a b']}]"],
        "schedule.dense_layers",
        {"dense_layers=['a b']": ("a b",)},
    ),
]
JOBS, MINUTES = "a whole number of at least 1, or null", "a positive number of minutes, or null"
TAKES = "n_jobs, timeout_minutes, fresh_workers"
HAS = f"no such setting; hydra.launcher has {TAKES}; did you mean n_jobs?"
SEED = "must be a whole number from 0 to 2^32 - 1"
SWEEP = "several values are a sweep, which -m asks for"
# What is typed for a single point, and how the line begins that refuses it.
REFUSED = [
    (["hydra.launcher.njobs=2"], f"hydra.launcher.njobs: {HAS}"),
    (["+hydra.launcher.njobs=2"], f"hydra.launcher.njobs: {HAS}"),
    (["hydra.launcher={njobs:2}"], f"hydra.launcher.njobs: {HAS}"),
    *((["hydra.launcher.n_jobs=" + n], f"hydra.launcher.n_jobs={n}: must be {JOBS}")
      for n in ("0", "-3", "many", "2.0", "true", "[1]", "''", "'2'")),
    *((["hydra.launcher.timeout_minutes=" + n], f"hydra.launcher.timeout_minutes={n}: must be "
       f"{MINUTES}") for n in ("0", "-1", "nan", "inf", "true", "'1'")),
    (["hydra.launcher=null"], "hydra.launcher: must be settings in braces; a choice is typed with"),
    (["~hydra.launcher._target_"], "hydra.launcher: must be settings in braces; a choice is typed"),
    (["hydra.launcher._target_=os.system"], "hydra.launcher._target_=os.system: must be a lau"),
    (
        ["hydra.launcher._target_=hydra_plugins.pruning.PruningSweeper"],
        "hydra.launcher._target_=hydra_plugins.pruning.PruningSweeper: must be a launcher that",
    ),
    (["hydra/launcher=basic", "+hydra.launcher.n_jobs=2"], "hydra.launcher.n_jobs: no such sett"),
    (["hydra/launcher=basic", "hydra.launcher.n_jobs=2"], "hydra.launcher.n_jobs: no such sett"),
    (["hydra/launcher=joblib", "hydra.launcher.njobs=2"], "hydra.launcher.njobs: no such setting; "
     "hydra.launcher has n_jobs, backend, prefer"),
    (["hydra/launcher=joblib", "+hydra.launcher.njobs=2"], "hydra.launcher.njobs: no such setting"),
    (["hydra/launcher=joblib", "hydra.launcher.n_jobs=0"], "hydra.launcher.n_jobs=0: must be"),
    (["hydra/launcher=joblib", "hydra.launcher.prefer=x"], "hydra.launcher: ValueError: prefer=x"),
    (["hydra/launcher=null"], "hydra/launcher=null: must be one of basic, joblib, ray, slurm, wo"),
    (["hydra.sweeper.pints=[]"], "hydra.sweeper.pints: no such setting; hydra.sweeper has params, "
     "points; did you mean points?"),
    (["hydra.sweeper.points=abc"], "hydra.sweeper.points=abc: must be a list of groups of settin"),
    (["hydra.sweeper.points=[1]"], "hydra.sweeper.points=[1]: must be a list of groups of settin"),
    (["hydra.sweeper.points={}"], "hydra.sweeper.points={}: must be a list of groups of settings"),
    (["hydra.sweeper.params=x"], "hydra.sweeper.params=x: must be a group of settings, each with"),
    (["hydra/sweeper=basic", "hydra.sweeper.max_batch_size=0"], "hydra.sweeper.max_batch_size=0: "),
    (["seed='3'"], f"seed='3': {SEED}"),
    (["seed="], f"seed='': {SEED}"),
    (["seed={a:1}"], f"seed={{a:1}}: {SEED}"),
    (["export.targets=[[h5]]"], "export.targets=[h5]: must be a list, without repeats, of h5"),
    (["schedule.epoch=2"], "schedule.epoch: no such setting; schedule has name, initial_sparsity"),
    (["shedule.epochs=2"], "shedule: no such setting; the top level has seed, threads, devices"),
    (["schedule={nope:1}"], "schedule.nope: no such setting; schedule has name, initial_sparsity"),
    (["seed.x=1"], "seed holds no settings"),
    (["+seed=1"], "Could not append to config. An item is already at 'seed'"),
    (["+nope=1"], "nope: no such setting; the top level has seed"),
    (["++nope=1"], "nope: no such setting; the top level has seed"),
    (["~seed"], "seed is missing: it must be a whole number"),
    (["~seed=1"], "Could not delete from config. The value of 'seed' is 0 and not 1"),
    (["~nope"], "~nope: there is no such setting to take away"),
    (["~compress"], "compress is missing: it must be a group of settings"),
    (["schedule=null"], "schedule=null: must be one of constant, polynomial, two_of_four"),
    (["schedule=1"], "schedule=1: must be one of constant, polynomial, two_of_four"),
    (["++schedule=constant"], "force-add of config groups is not supported: '++schedule=constant'"),
    (["seed=1,2"], f"seed=1,2: {SWEEP}"),
    (["seed=choice(1)"], f"seed=choice(1): {SWEEP}"),
    (["dataset=glob(*)"], f"dataset=glob(*): {SWEEP}"),
    (["seed=interval(0,1)"], f"seed=interval(0,1): {SWEEP}"),
    (["seed=nope(3)"], "seed=nope(3): nope(3): Unknown function 'nope' Available: bool,choice"),
    (["seed=1,"], "seed=1,: something is missing at its end; a value with such characters stands"),
    (["seed:1"], "seed:1: a character stands where none like it can; a value with such characters"),
    (["seed"], "seed: there is no =; "),
    (["tracking.experiment=a=b"], "tracking.experiment=a=b: mismatched input '='; a value with"),
]  # fmt: skip
# What is typed after -m, and how the line begins that refuses it.
SEVERAL_REFUSED = [
    (["seed=interval(0,1)"], "seed=interval(0,1): must be a list or a range of single values"),
    (["seed=tag(a,interval(0,1))"], "seed=tag(a,interval(0,1)): must be a list or a range of"),
    (["seed=sort(interval(0,1))"], "seed=sort(interval(0,1)): sort(interval(0,1)): mismatch type"),
    (["seed=range(3,1)"], "seed=range(3,1): must be at least one value, and is none"),
    (["dataset=glob(nope*)"], "dataset=glob(nope*): must be at least one value, and is none"),
    (["seed=choice()"], "seed=choice(): choice(): empty choice is not legal"),
    (["seed=range(a,b)"], "seed=range(a,b): range(a,b): mismatch type argument start"),
    (["seed=1,[2]"], f"seed=[2]: {SEED}"),
    (["schedule=constant,null"], "schedule=null: must be one of constant, polynomial, two_of_four"),
    (["hydra.launcher.n_jobs=1,2"], "hydra.launcher.n_jobs=1,2: takes one value for a whole sweep"),
    (["hydra.sweeper.params={seed:null}"], f"seed=null: {SEED}"),
    (["hydra.sweeper.params={seed:{a:1}}"], f"seed={{a:1}}: {SEED}"),
]
