#!/bin/bash
# Workers of a Gate Studio cluster as a SLURM job:
#   sbatch slurm.sh tls://10.0.0.1:8786 ~/cluster.pem
#SBATCH --job-name=gate-studio
#SBATCH --ntasks=4
#SBATCH --cpus-per-task=8
#SBATCH --time=08:00:00
srun gate-studio worker "$1" --certificate "$2" --workers "$SLURM_CPUS_PER_TASK"
