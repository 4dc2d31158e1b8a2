"""Print masters: marks as operators, sheets with what surrounds the stamps, files and what PDF/X-4 asks of them."""
