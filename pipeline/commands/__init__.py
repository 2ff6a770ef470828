"""Commands of ``newsmill``, a module each: ``COMMAND`` declares it, ``carry_out`` does it."""
