"""AWS on a laptop: Lambda, API Gateway, X-Ray and AWS's own APIs, run from the files that `sam deploy` ships."""
