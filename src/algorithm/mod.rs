//! Kernels over a `Network`: no names, no rules, no I/O.
