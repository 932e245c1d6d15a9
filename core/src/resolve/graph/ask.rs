//! Graphs by the names of packages: all that one operation needs.

use serde::{Deserialize, Serialize};

use super::super::policy::Candidates;
use super::super::universe::Universe;
use super::super::universe::rows::NATIVE;
use super::collect::{counts, dependencies, dependents};
use super::document::Graph;
use super::options::{Direction, Kinds, Options};
use super::paths::paths;
use super::walk::{Root, Walk};
use crate::error::{Error, Kind, Result};

/// The most roots of one graph.
const MAX_ROOTS: usize = 1000;

/// How many chains between two packages are shown.
const MAX_CHAINS: usize = 20;

/// How a graph is given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// The document.
    #[default]
    Json,
    /// The document with the counts alone, which knows no limit of nodes.
    Counts,
    /// For Graphviz.
    Dot,
    /// For Mermaid, which the pages of code hosts draw.
    Mermaid,
    /// A picture.
    Svg,
}

/// What is asked for.
#[derive(Clone, Debug, Default)]
pub struct Ask {
    /// The packages, or names that packages provide; `name` or `name:architecture`.
    pub names: Vec<String>,
    /// Who depends on them, instead of what they depend on.
    pub reverse: bool,
    /// The shortest chains to this package, instead of all around; with `reverse`, from it.
    pub to: Option<String>,
    /// How many relations away at most.
    pub depth: Option<u32>,
    /// Which kinds of relations, as words; `pre-depends` and `depends` by default.
    pub kinds: Vec<String>,
    /// How it is given.
    pub format: Format,
}

/// What came of it: a document or a text.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Drawn {
    /// The document, for [`Format::Json`] and [`Format::Counts`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub graph: Option<Graph>,
    /// The text in another format.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// The graph of what is asked for, in its format.
///
/// ```
/// use reposnap::resolve::{Builder, Candidates, Origin, graph};
/// let mut builder = Builder::new("amd64", &[])?;
/// builder.index(Origin::default(), b"Package: a\nVersion: 1\nArchitecture: all\nDepends: b\n\n\
///     Package: b\nVersion: 1\nArchitecture: all\n")?;
/// let universe = builder.finish()?;
/// let ask = graph::Ask { names: vec!["a".to_owned()], format: graph::Format::Svg, ..Default::default() };
/// let drawn = graph::draw(&universe, &Candidates::new(&universe), &ask)?;
/// assert!(drawn.text.is_some_and(|text| text.starts_with("<svg ")));
/// # Ok::<(), reposnap::Error>(())
/// ```
///
/// # Errors
/// [`Kind::Usage`] for words that mean nothing, and where `to` goes with several names; [`Kind::NotFound`] for packages
/// and chains that there are not; [`Kind::Limit`] for graphs that are too large.
pub fn draw(universe: &Universe, candidates: &Candidates, ask: &Ask) -> Result<Drawn> {
    let kinds = if ask.kinds.is_empty() { Kinds::HARD } else { Kinds::parse(&ask.kinds)? };
    let options = Options { kinds, depth: ask.depth, ..Options::default() };
    if ask.names.is_empty() || ask.names.len() > MAX_ROOTS {
        return Err(Error::new(Kind::Usage, format!("a graph is made around 1 to {MAX_ROOTS} packages")));
    }
    let mut roots = Vec::new();
    for name in &ask.names {
        let root = find(universe, candidates, name, &options)?;
        if !roots.contains(&root) {
            roots.push(root);
        }
    }
    let direction = if ask.reverse { Direction::Dependents } else { Direction::Dependencies };
    let graph = match (&ask.to, roots.as_slice()) {
        _ if ask.format == Format::Counts => {
            counts(Walk { universe, candidates, options: &options }, direction, &roots)
        }
        (Some(to), [root]) => {
            let to = find(universe, candidates, to, &options)?;
            let (from, to) = if ask.reverse { (to, *root) } else { (*root, to) };
            paths(universe, candidates, from, to, &options, MAX_CHAINS)?
        }
        (Some(_), _) => return Err(Error::new(Kind::Usage, "chains lead from one package to one other")),
        (None, roots) if ask.reverse => dependents(universe, candidates, roots, &options)?,
        (None, roots) => dependencies(universe, candidates, roots, &options)?,
    };
    let text = match ask.format {
        Format::Json | Format::Counts => return Ok(Drawn { graph: Some(graph), text: None }),
        Format::Dot => graph.to_dot(),
        Format::Mermaid => graph.to_mermaid(),
        Format::Svg => graph.to_svg()?,
    };
    Ok(Drawn { graph: None, text: Some(text) })
}

/// The package of a name, `name` or `name:architecture`, that has a version that counts; else the name, where packages
/// provide it. Without an architecture, the machine's own comes first.
///
/// # Errors
/// [`Kind::NotFound`] where nothing has or provides the name.
pub fn find(universe: &Universe, candidates: &Candidates, name: &str, options: &Options) -> Result<Root> {
    let walk = Walk { universe, candidates, options };
    let missing = || {
        Error::new(Kind::NotFound, format!("no package is or provides {name:?}"))
            .help("a package is named as in `apt install`: name, or name:architecture")
    };
    let (bare, wanted) = match name.split_once(':') {
        Some((bare, architecture)) => {
            let known = universe.architectures().iter().skip(NATIVE as usize).position(|known| known == architecture);
            (bare, Some(known.ok_or_else(missing)? as u32 + NATIVE))
        }
        None => (name, None),
    };
    let id = universe.find_name(bare).ok_or_else(missing)?;
    let mut packages: Vec<u32> = universe.packages_of(id).to_vec();
    packages.retain(|package| wanted.is_none_or(|wanted| universe.package_architecture(*package) == wanted));
    packages.sort_by_key(|package| universe.package_architecture(*package));
    if let Some(package) = packages.into_iter().find(|package| !walk.versions_of(*package).is_empty()) {
        return Ok(Root::Package(package));
    }
    if wanted.is_none() && options.providers && !walk.versions_at(Root::Name(id)).is_empty() {
        return Ok(Root::Name(id));
    }
    Err(missing())
}
