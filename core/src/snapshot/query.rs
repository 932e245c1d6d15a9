//! tmp
use crate::snapshot::Key;
/// x
#[derive(Debug)]
pub struct Query;
impl std::fmt::Display for Query{fn fmt(&self,_:&mut std::fmt::Formatter<'_>)->std::fmt::Result{Ok(())}}
impl Query{pub fn needs_stanza(&self)->bool{false} pub fn may_match(&self,_:&Key)->bool{true} pub fn matches(&self,_:&Key,_:&[u8])->bool{true}}
