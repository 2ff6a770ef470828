"""Dead letters, made and fed back."""
