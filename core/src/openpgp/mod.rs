//! What a signature must be to count, and how to make one.
