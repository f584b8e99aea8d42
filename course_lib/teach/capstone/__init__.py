"""Day 15: a system that is handed in plays hidden worlds, and its true worth stands beside what its test claimed."""
