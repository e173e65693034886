//! Every page, rendered through a real router with an invented store behind it.
