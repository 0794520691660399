"""What messengers share that expect each answer in the HTTP response: everything but parsing and rendering."""
