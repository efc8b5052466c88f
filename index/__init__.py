"""How we find it: vectors, words, fusion, confidence, answers. Imports `corpus`, never `bot`."""

import os

# One question's products are too small for two threads, which then only wait for one another; questions run
# side by side instead. NumPy's BLAS reads this when NumPy is imported, and nothing imports that before this.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
