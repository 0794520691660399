"""Hot reload: a saved change of the knowledge is served within seconds; a broken one is reported and the last good one stays."""
