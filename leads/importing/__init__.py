"""What older systems kept of the desk, row by row: the Friday voice assistant and the WhatsApp chatbot."""
