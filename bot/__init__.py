"""A help desk that answers Korean SMEs from curated, dated, approved knowledge."""

import os

os.environ.setdefault(
    "OPENBLAS_NUM_THREADS", "1"
)  # small matrices are multiplied here: more threads wait for one another
