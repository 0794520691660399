"""The benchmark: our command beside string-matching and search libraries, on public questions.

`python -m tests.bench --help` tells the options; each module holds one part of what is measured.
"""
