//! What depends on what.

use super::choice::{Choice, choice_request};
use super::operation::ParameterType;
use super::session::Session;
use reposnap::error::Result;
use reposnap::resolve::graph::{Ask, Drawn, Format, draw};

impl ParameterType for Format {
    const KIND: &'static str = "word: json, counts, dot, mermaid, svg";
}

choice_request! {
    /// Tells what packages depend on, or what depends on them: as a document, a count or a picture.
    "graph" -> "graph";
    pub struct Graph {
        required {
            /// The snapshot.
            rev: String,
            /// The packages, or names that packages provide: `name` or `name:architecture`.
            names: Vec<String>,
        }
        optional {
            /// Who depends on them, instead of what they depend on.
            reverse: bool,
            /// The shortest chains to this package, instead of all around; with `reverse`, from it.
            to: Option<String>,
            /// How many relations away at most; no limit by default.
            depth: Option<usize>,
            /// Which relations, by the names of their fields; `pre-depends` and `depends` by default.
            kinds: Vec<String>,
            /// How it is given; `json` by default.
            format: Format,
            /// Further snapshots whose packages may be taken, as by further lines of sources.list.
            also: Vec<String>,
        }
    }
}

/// Tells what packages depend on, or what depends on them.
///
/// # Errors
/// Those of [`draw`].
pub async fn graph(session: &Session, request: Graph) -> Result<Drawn> {
    let chosen = Choice { also: &request.also, ..request.choice() }.open(session, &request.rev).await?;
    let ask = Ask {
        names: request.names,
        reverse: request.reverse,
        to: request.to,
        depth: request.depth.map(|depth| u32::try_from(depth).unwrap_or(u32::MAX)),
        kinds: request.kinds,
        format: request.format,
    };
    draw(&chosen.universe, &chosen.candidates, &ask)
}
