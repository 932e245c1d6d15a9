//! Security advisories: Debian's tracker, OSV and updateinfo files, searched by package, offline.
//!
//! A [`Builder`] reads files of any of the formats ([`read`]) and makes a [`Database`], which is asked about a package
//! ([`Subject`]) of a [`Release`]; what concerns it are [`Hit`]s. [`examine`] does so for a whole report.
//!
//! | module | subject |
//! |---|---|
//! | `model` | what an advisory says |
//! | `release` | which release of which distribution |
//! | [`read`] | files: which format one is, and its compression; `tracker`, `osv` (and its archives, `zip`), `updateinfo` |
//! | `builder`, `database` | packed, and searched |
//! | `judge` | which release judges a package, and by which version |
//! | `examine` | hits into findings of a report |

mod builder;
mod database;
mod examine;
mod judge;
mod model;
mod osv;
pub mod read;
mod release;
mod tracker;
mod updateinfo;
mod zip;

pub use builder::{Builder, MAX_NAMES, MAX_RANGES, MAX_ROWS};
pub use database::{Database, MAX_TEXT, Skipped};
pub use examine::examine;
pub use judge::{Hit, HitStatus, Subject};
pub use model::{Advisory, Affected, By, Concern, End, Range, Status};
pub use release::{Pocket, Release};

/// The most bytes of an advisory's summary that are kept; it ends at a character, with `…`.
pub const MAX_SUMMARY: usize = 1024;

/// The most bytes of an identifier, of a package's name, and of a version.
pub const MAX_WORD: usize = 512;

/// A summary, cut to [`MAX_SUMMARY`], in one line.
fn summary(text: &str) -> String {
    let mut out = String::with_capacity(text.len().min(MAX_SUMMARY));
    for word in text.split_whitespace() {
        if out.len() + word.len() + 1 > MAX_SUMMARY {
            let room = MAX_SUMMARY.saturating_sub(out.len());
            // One word longer than all of a summary is cut as well.
            if out.is_empty() {
                out.extend(word.char_indices().take_while(|(at, char)| at + char.len_utf8() <= room).map(|it| it.1));
            }
            out.push('…');
            break;
        }
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}
