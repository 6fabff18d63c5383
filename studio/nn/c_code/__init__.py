"""Runs exported C without a compiler: a front end for the C that we write, on LLVM."""
