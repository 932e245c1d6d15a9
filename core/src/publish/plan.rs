//! Which indexes a publication has, and what each is made from.

use std::collections::{BTreeMap, BTreeSet};

use crate::error::{Error, Kind, Result};
use crate::publish::files::{FilePlan, FileSource};
use crate::publish::lists::{Content, ListPlan};
use crate::publish::options::{Input, Options, check_name};
use crate::snapshot::Snapshot;
use crate::snapshot::manifest::{List, Part};

/// The component of packages that have none, as those of a flat repository.
const DEFAULT_COMPONENT: &str = "main";

const SOURCE: &str = "source";

/// All indexes of a publication.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) components: BTreeSet<String>,
    pub(crate) architectures: BTreeSet<String>,
    pub(crate) lists: Vec<ListPlan>,
    pub(crate) files: Vec<FilePlan>,
    pub(crate) notes: Vec<String>,
}

impl Plan {
    pub(crate) fn make(inputs: &[Input], options: &Options) -> Result<Self> {
        let mut lists: BTreeMap<(String, String), Vec<(Snapshot, List)>> = BTreeMap::new();
        let mut files: BTreeMap<String, Vec<FileSource>> = BTreeMap::new();
        let mut components = BTreeSet::new();
        let mut architectures: BTreeSet<String> = options.architectures.iter().cloned().collect();
        for (number, input) in inputs.iter().enumerate() {
            for (at, part) in input.snapshot.manifest().parts.iter().enumerate() {
                for list in &part.lists {
                    let component = component_of(input, list)?;
                    if list.architecture != SOURCE {
                        check_name("architecture", &list.architecture)?;
                        architectures.insert(list.architecture.clone());
                    }
                    components.insert(component.clone());
                    let named = lists.entry((component, list.architecture.clone())).or_default();
                    named.push((input.snapshot.clone(), list.clone()));
                }
                for file in &part.files {
                    if let Some(path) = published_path(input, part, &file.path) {
                        let (stem, _) = crate::deb::compress::Compression::from_path(&path);
                        let source =
                            FileSource { snapshot: input.snapshot.clone(), file: file.clone(), part: (number, at) };
                        files.entry(stem.to_owned()).or_default().push(source);
                    }
                }
            }
        }
        if components.is_empty() {
            return Err(Error::new(Kind::Usage, "there is nothing to publish")
                .help("name at least one snapshot with a list of packages"));
        }
        // apt complains of an architecture that a component does not have.
        for component in &components {
            for architecture in &architectures {
                lists.entry((component.clone(), architecture.clone())).or_default();
            }
        }
        let lists =
            lists.into_iter().map(|((component, architecture), sources)| list_plan(&component, &architecture, sources));
        let mut plan = Self {
            components: components.clone(),
            architectures,
            lists: lists.collect(),
            files: Vec::new(),
            notes: Vec::new(),
        };
        plan.add_files(files);
        Ok(plan)
    }

    /// Other index files: those that one part alone has, and translations of several.
    fn add_files(&mut self, files: BTreeMap<String, Vec<FileSource>>) {
        for (stem, sources) in files {
            let parts: BTreeSet<(usize, usize)> = sources.iter().map(|source| source.part).collect();
            let plan = FilePlan { stem, sources };
            if parts.len() == 1 || plan.is_translation() {
                self.files.push(plan);
            } else {
                self.notes.push(format!("{} is left out: {} snapshots or suites have it", plan.stem, parts.len()));
            }
        }
    }
}

fn list_plan(component: &str, architecture: &str, sources: Vec<(Snapshot, List)>) -> ListPlan {
    let (path, content) = if architecture == SOURCE {
        (format!("{component}/source/Sources"), Content::Source)
    } else {
        (format!("{component}/binary-{architecture}/Packages"), Content::Binary)
    };
    ListPlan { path, content, sources }
}

fn component_of(input: &Input, list: &List) -> Result<String> {
    match &input.component {
        Some(component) => Ok(component.clone()),
        None if list.component.is_empty() => Ok(DEFAULT_COMPONENT.to_owned()),
        None => check_name("component", &list.component).map(|()| list.component.clone()),
    }
}

/// Where a kept file goes; nothing for those that a publication has its own of, or no use for.
fn published_path(input: &Input, part: &Part, path: &str) -> Option<String> {
    let components: BTreeSet<&str> = part.lists.iter().map(|list| list.component.as_str()).collect();
    // The longest first: `updates/main` is not `updates`.
    let component = components
        .iter()
        .rev()
        .filter(|component| {
            component.is_empty() || path.strip_prefix(**component).is_some_and(|rest| rest.starts_with('/'))
        })
        .max_by_key(|component| component.len())?;
    let rest = path.strip_prefix(component)?.trim_start_matches('/');
    let mut words = rest.split('/');
    let own = match (words.next()?, words.next()) {
        ("i18n", Some(name)) => !name.starts_with("Translation-") || name.contains(".diff"),
        (name, None) => !name.starts_with("Contents-") || name.contains(".diff"),
        ("dep11" | "cnf", Some(_)) => false,
        _ => true,
    };
    if own {
        return None;
    }
    let component = match (&input.component, *component) {
        (Some(component), _) => component.as_str(),
        (None, "") => DEFAULT_COMPONENT,
        (None, component) => component,
    };
    let path = format!("{component}/{rest}");
    super::tree::checked_path(&path).ok().map(str::to_owned)
}
