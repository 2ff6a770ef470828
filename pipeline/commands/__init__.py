"""Commands of ``newsmill``, a module each: ``add_parser`` says its options, ``carry_out`` does it."""
