"""Package data: short texts about anything, written for microtune and by nobody in particular."""
