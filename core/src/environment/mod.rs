//! Named, moving snapshots: promote, log, roll back.
