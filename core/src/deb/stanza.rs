//! Stanzas.
#![allow(missing_docs)]

use crate::error::*;
#[derive(Clone,Copy)]
pub struct Stanza<'a>{r:&'a[u8],o:usize,l:u64}
impl<'a> Stanza<'a>{ pub fn raw(&self)->&'a[u8]{self.r} pub fn offset(&self)->usize{self.o} pub fn line(&self)->u64{self.l}
pub fn get(&self,n:&str)->Option<&'a[u8]>{ self.r.split(|b|*b==b'\n').find_map(|l|{let c=l.iter().position(|b|*b==b':')?; l[..c].eq_ignore_ascii_case(n.as_bytes()).then(||l[c+1..].trim_ascii())})}}
pub struct Stanzas<'a>{d:&'a[u8],o:usize,l:u64}
impl<'a> Stanzas<'a>{pub fn new(d:&'a[u8])->Self{Self{d,o:0,l:1}}}
impl<'a> Iterator for Stanzas<'a>{type Item=Result<Stanza<'a>>; fn next(&mut self)->Option<Self::Item>{
 while self.o<self.d.len()&&self.d[self.o]==b'\n'{self.o+=1;self.l+=1;}
 if self.o>=self.d.len(){return None}
 let e=memchr::memmem::find(&self.d[self.o..],b"\n\n").map_or(self.d.len(),|p|self.o+p+1);
 let s=Stanza{r:&self.d[self.o..e],o:self.o,l:self.l}; self.l+=s.r.iter().filter(|b|**b==b'\n').count() as u64; self.o=e; Some(Ok(s))}}
