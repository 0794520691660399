"""Random input for code that is not ours, as often as there is time for."""
