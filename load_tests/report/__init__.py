"""What a sweep's measurements say, as numbers, as a page, and beside another's."""
