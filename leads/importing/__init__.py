"""What the Friday voice assistant kept, row by row: its leads, its conversations and what was said in them."""
