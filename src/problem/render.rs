//! Draws problems for people: the line, the offending characters underlined, what would fix it.
