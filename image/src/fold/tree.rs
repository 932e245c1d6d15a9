//! The paths of an image that matter, and what is there.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};

use bytes::Bytes;
use reposnap::{Error, Kind, Result};

use super::walk::{End, Target};
use crate::files::{Files, Found, Listed, Look, shown};
use crate::layer::facts::{Content, Facts, What};
use crate::layer::interest::{Interest, Keep, Relevance, Rule};

/// What is at a path.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) what: NodeKind,
    mtime: i64,
    layer: usize,
}

#[derive(Clone, Debug)]
pub(super) enum NodeKind {
    Directory,
    File(Content),
    SymbolicLink(Vec<u8>),
    Other,
}

/// An image, as far as layers have been put on one another.
#[derive(Debug)]
pub(crate) struct Folded<'a> {
    interest: &'a Interest,
    pub(super) nodes: BTreeMap<Vec<u8>, Node>,
    /// Which layer removed what is gone. Kept where every path is.
    gone: HashMap<Vec<u8>, usize>,
    /// Places of which the facts do not tell, and must.
    needs: RefCell<Vec<(Vec<u8>, Rule)>>,
    /// A folder as layers name it, and where it is.
    located: Option<(Vec<u8>, Vec<u8>)>,
}

impl<'a> Folded<'a> {
    pub(crate) fn new(interest: &'a Interest) -> Self {
        Self { interest, nodes: BTreeMap::new(), gone: HashMap::new(), needs: RefCell::default(), located: None }
    }

    /// The places that were asked for and of which the facts do not tell. Whoever finds any here looks at the layers once more,
    /// with these added to what matters.
    pub(crate) fn needs(&self) -> Vec<(Vec<u8>, Rule)> {
        self.needs.borrow().clone()
    }

    pub(super) fn covers(&self, path: &[u8]) -> bool {
        self.interest.covers(path)
    }

    pub(super) fn need(&self, path: Vec<u8>, rule: Rule) {
        self.needs.borrow_mut().push((path, rule));
    }

    /// Puts a layer on those below.
    ///
    /// # Errors
    /// [`Kind::Malformed`] for links in a circle, and hard links to nothing.
    pub(crate) fn apply(&mut self, layer: usize, facts: &Facts) -> Result<()> {
        self.located = None;
        for path in &facts.removed {
            let path = self.locate(path)?;
            self.remove(&path, layer);
        }
        for path in &facts.opaque {
            let folder = self.locate_folder(path)?;
            self.empty(&folder, layer);
        }
        self.located = None;
        for fact in &facts.entries {
            let what = match &fact.what {
                // The root itself.
                _ if fact.path.is_empty() => continue,
                What::Directory => NodeKind::Directory,
                What::File(content) => NodeKind::File(content.clone()),
                What::SymbolicLink(target) => NodeKind::SymbolicLink(target.clone()),
                What::Other => NodeKind::Other,
                What::HardLink(target) => self.linked(&fact.path, target)?,
            };
            let path = self.locate(&fact.path)?;
            self.insert(path, Node { what, mtime: fact.mtime, layer });
        }
        Ok(())
    }

    /// What a hard link at `path` to `target` is.
    fn linked(&mut self, path: &[u8], target: &[u8]) -> Result<NodeKind> {
        let at = self.locate(target)?;
        let wanted = match self.interest.judge(path) {
            Relevance::File(rule) if rule.file() != Some(Keep::Name) => Some(rule),
            _ => None,
        };
        match (self.nodes.get(&at).map(|node| &node.what), wanted) {
            (Some(NodeKind::File(content)), Some(rule)) => {
                if content.bytes.is_none() && self.interest.judge(&at) == Relevance::None {
                    self.need(at, rule);
                }
                Ok(NodeKind::File(content.clone()))
            }
            (Some(NodeKind::Directory), _) => {
                let message = format!("a hard link at {:?} leads to a folder", shown(path));
                Err(Error::new(Kind::Malformed, message))
            }
            (Some(what), _) => Ok(what.clone()),
            (None, rule) if !self.covers(&at) => {
                if let Some(rule) = rule {
                    self.need(at, rule);
                }
                Ok(NodeKind::Other)
            }
            (None, _) => {
                let message =
                    format!("a hard link at {:?} leads to {:?}, where nothing is", shown(path), shown(target));
                Err(Error::new(Kind::Malformed, message))
            }
        }
    }

    /// Where something that a layer names is: its folder with all links followed, and its name.
    fn locate(&mut self, path: &[u8]) -> Result<Vec<u8>> {
        let Some(slash) = memchr::memrchr(b'/', path) else { return Ok(path.to_vec()) };
        let mut folder = self.locate_folder(&path[..slash])?;
        if !folder.is_empty() {
            folder.push(b'/');
        }
        folder.extend_from_slice(&path[slash + 1..]);
        Ok(folder)
    }

    fn locate_folder(&mut self, folder: &[u8]) -> Result<Vec<u8>> {
        if let Some((known, at)) = &self.located
            && known == folder
        {
            return Ok(at.clone());
        }
        let at = self.place(folder)?;
        self.located = Some((folder.to_vec(), at.clone()));
        Ok(at)
    }

    fn insert(&mut self, path: Vec<u8>, node: Node) {
        let layer = node.layer;
        let keeps = match (self.nodes.get(&path).map(|node| &node.what), &node.what) {
            (Some(NodeKind::Directory), NodeKind::Directory) => true,
            (Some(NodeKind::File(_)) | None, NodeKind::File(_) | NodeKind::Directory) => true,
            (Some(NodeKind::Directory), _) => {
                self.empty(&path, layer);
                false
            }
            _ => false,
        };
        if !keeps {
            self.located = None;
        }
        let mut end = path.len();
        while let Some(slash) = memchr::memrchr(b'/', &path[..end]) {
            match self.nodes.get(&path[..slash]).map(|node| &node.what) {
                Some(NodeKind::Directory) => break,
                _ => self.nodes.insert(path[..slash].to_vec(), Node { what: NodeKind::Directory, mtime: 0, layer }),
            };
            end = slash;
        }
        self.gone.remove(&path);
        self.nodes.insert(path, node);
    }

    fn remove(&mut self, path: &[u8], layer: usize) {
        self.empty(path, layer);
        if let Some((path, _)) = self.nodes.remove_entry(path)
            && self.interest.is_all()
        {
            self.gone.insert(path, layer);
        }
    }

    /// Removes all that is in a folder.
    fn empty(&mut self, folder: &[u8], layer: usize) {
        self.located = None;
        let inside: Vec<Vec<u8>> = match folder {
            b"" => self.nodes.keys().cloned().collect(),
            _ => {
                let (start, end) = ([folder, b"/"].concat(), [folder, b"0"].concat());
                self.nodes.range(start..end).map(|(path, _)| path.clone()).collect()
            }
        };
        for path in inside {
            self.nodes.remove(&path);
            if self.interest.is_all() {
                self.gone.insert(path, layer);
            }
        }
    }

    /// The content at `path`, where all links have been followed.
    fn content(&self, path: &[u8], rule: Rule) -> Option<Found> {
        let node = self.nodes.get(path)?;
        let NodeKind::File(content) = &node.what else { return None };
        let found = |bytes: Bytes| Found { path: path.to_vec(), bytes, mtime: node.mtime, layer: Some(node.layer) };
        if let Some(bytes) = &content.bytes {
            return Some(found(bytes.clone()));
        }
        let kept = match self.interest.judge(path) {
            Relevance::File(kept) => kept.file(),
            _ => None,
        };
        match (kept, rule.file()) {
            // It is larger than anybody cares for.
            (_, Some(Keep::Name) | None) | (Some(Keep::UpTo(_)), Some(Keep::UpTo(_))) => {}
            _ => self.need(path.to_vec(), rule),
        }
        None
    }
}

impl Files for Folded<'_> {
    fn read(&self, path: &[u8], rule: Rule) -> Result<Option<Found>> {
        match self.walk(path, true)? {
            End::At(Target { path, .. }) => Ok(self.content(&path, rule)),
            End::Missing => Ok(None),
            End::Unknown(path) => {
                self.need(path, rule);
                Ok(None)
            }
        }
    }

    fn folder(&self, path: &[u8], rule: Rule) -> Result<Option<Listed>> {
        let folder = match self.walk(path, true)? {
            End::At(Target { path, is_folder: true }) => path,
            End::At(_) | End::Missing => return Ok(None),
            End::Unknown(path) => {
                self.need(path, rule);
                return Ok(None);
            }
        };
        if self.interest.rule_at(&folder) != Some(rule) {
            self.need(folder, rule);
            return Ok(None);
        }
        let (start, end) = ([&folder[..], b"/"].concat(), [&folder[..], b"0"].concat());
        let length = start.len();
        let mut found = Vec::new();
        for (path, node) in self.nodes.range(start..end) {
            let name = &path[length..];
            if memchr::memchr(b'/', name).is_some() {
                continue;
            }
            let Some(rule) = rule.child(name) else { continue };
            match &node.what {
                NodeKind::File(_) => found.push((name.to_vec(), self.content(path, rule))),
                NodeKind::SymbolicLink(_) => {
                    if let Some(file) = self.read(path, rule)? {
                        found.push((name.to_vec(), Some(file)));
                    }
                }
                NodeKind::Directory | NodeKind::Other => {}
            }
        }
        Ok(Some(found))
    }

    fn info_rule(&self) -> Rule {
        if self.interest.is_all() { Rule::InfoLists } else { Rule::Info }
    }

    fn look(&self, path: &[u8]) -> Result<Look> {
        let Target { path, .. } = match self.walk(path, false)? {
            End::At(target) => target,
            End::Missing | End::Unknown(_) => {
                let layer = self.place(path).ok().and_then(|path| self.gone.get(&path).copied());
                return Ok(Look::Missing { layer });
            }
        };
        Ok(match self.nodes.get(&path) {
            Some(Node { what: NodeKind::File(Content { md5: Some(md5), .. }), layer, .. }) => {
                Look::File { md5: *md5, layer: Some(*layer) }
            }
            node => Look::Other { layer: node.map(|node| node.layer) },
        })
    }
}
