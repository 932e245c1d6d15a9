//! How indexes are compressed.

use std::fmt;
use std::str::FromStr;

use crate::deb::compress::Compression;
use crate::error::{Error, Kind, Result};

/// A compression of indexes with its level, written `gz`, `xz:6`, `zst:19`.
///
/// ```
/// use reposnap::publish::IndexFormat;
/// let best: IndexFormat = "xz".parse()?;
/// assert_eq!(best.to_string(), "xz:6");
/// assert!("gz:10".parse::<IndexFormat>().is_err());
/// # Ok::<(), reposnap::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IndexFormat {
    compression: Compression,
    level: i32,
}

impl IndexFormat {
    /// gzip, which every client reads, made piecewise so that what did not change is not compressed again.
    pub const GZIP: Self = Self { compression: Compression::Gzip, level: 6 };

    /// xz, the smallest; about twenty times the time of the others.
    pub const XZ: Self = Self { compression: Compression::Xz, level: 6 };

    /// zstd, smaller and faster than gzip.
    pub const ZSTD: Self = Self { compression: Compression::Zstd, level: 3 };

    /// The formats that are made unless others are asked for.
    pub fn defaults() -> Vec<Self> {
        vec![Self::GZIP]
    }

    /// The compression.
    pub fn compression(self) -> Compression {
        self.compression
    }

    /// The level, in the scale of the compression.
    pub fn level(self) -> i32 {
        self.level
    }
}

impl fmt::Display for IndexFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.compression.extension().trim_start_matches('.'), self.level)
    }
}

impl FromStr for IndexFormat {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let (name, level) = text.split_once(':').map_or((text, None), |(name, level)| (name, Some(level)));
        let (mut format, levels) = match name {
            "gz" | "gzip" => (Self::GZIP, 1..=9),
            "xz" => (Self::XZ, 0..=9),
            "zst" | "zstd" => (Self::ZSTD, 1..=19),
            _ => {
                return Err(
                    Error::new(Kind::Usage, format!("{name:?} is no format of indexes")).help("use gz, xz or zst")
                );
            }
        };
        if let Some(level) = level {
            format.level = level.parse().ok().filter(|level| levels.contains(level)).ok_or_else(|| {
                Error::new(Kind::Usage, format!("{name} has no level {level:?}")).help(format!(
                    "use {} to {}",
                    levels.start(),
                    levels.end()
                ))
            })?;
        }
        Ok(format)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_told_by_name_and_level() {
        for (text, shown) in [("gz", "gz:6"), ("gzip:9", "gz:9"), ("xz:0", "xz:0"), ("zstd", "zst:3")] {
            assert_eq!(text.parse::<IndexFormat>().unwrap().to_string(), shown);
        }
        for bad in ["", "bz2", "xz:", "xz:10", "zst:0", "gz:-1", "gz:6:6"] {
            assert_eq!(bad.parse::<IndexFormat>().unwrap_err().kind(), Kind::Usage, "{bad}");
        }
    }
}
