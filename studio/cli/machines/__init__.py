"""gate-studio worker and cluster: runs on other machines."""
