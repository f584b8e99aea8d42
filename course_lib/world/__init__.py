"""The simulated service whose truth is known. Nothing outside this package may import it; notebooks and tests may."""
