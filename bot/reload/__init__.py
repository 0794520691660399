"""Hot reload: a saved change of the knowledge serves at once; a broken one is told and the last good one stays."""
