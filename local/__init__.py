"""AWS on a laptop: Lambda, API Gateway and X-Ray, run from the files that `sam deploy` ships."""
