//! The program: arguments in, the answer on standard output, talk on standard error, one exit code.

fn main() {}
