//! Distances on the Earth, great circles, and which lines pass an area.
