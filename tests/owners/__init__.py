"""A project whose customers are teams."""
