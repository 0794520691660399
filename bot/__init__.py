"""A help desk that answers Korean SMEs from curated, dated, approved knowledge."""
