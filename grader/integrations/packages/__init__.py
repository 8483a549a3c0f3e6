"""What an instructor uploads to a course platform, and what students get: files, packed."""
