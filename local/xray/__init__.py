"""X-Ray on a laptop: the UDP daemon and the documents it keeps."""
