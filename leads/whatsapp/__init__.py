"""WhatsApp as it is: signatures, payloads, the Cloud API. Nothing here writes to the database."""
