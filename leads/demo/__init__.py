"""What a sample team is made of: words, and the story that a seed makes of them. It knows no database."""
