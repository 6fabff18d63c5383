"""What the columns of a table are: time, id, label, target, inputs."""
