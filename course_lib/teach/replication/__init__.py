"""`course replicate`: the lessons' own measuring cells run again under other seeds, lesson × seed, on Dask."""
