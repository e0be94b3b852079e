"""The assistant that answers chats: what it is told, whom it asks, and what it says when nobody answers."""
