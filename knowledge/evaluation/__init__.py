"""How good the graph is: measures with intervals, files of labelled pairs, lessons that authors link back to."""
