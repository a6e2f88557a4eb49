"""What happened, in the firm's words. Pure: facts in, sentences out."""
