"""The process: memory allocator, OpenMP, closing of resources."""
