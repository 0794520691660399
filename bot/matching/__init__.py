"""Understanding: text → utterance → ranked entries → how sure. Pure and synchronous."""
