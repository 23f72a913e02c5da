//! Facts about functions and modules, computed on demand and thrown away: no pass has to keep them up to date.

pub mod cfg;
