"""Run jobs on a cluster of Slurm's, through submitit."""
