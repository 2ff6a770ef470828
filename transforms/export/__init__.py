"""What other systems need to read an output: views, loads and table formats."""
