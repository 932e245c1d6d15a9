//! Two machines in one: network namespaces with a cable between them, made by the superuser.

use std::ffi::OsStr;
use std::process::Command;

use crate::process::{Finished, capture, succeed};

/// Two namespaces that see each other and nothing else. They go when this is dropped.
pub struct Network {
    names: [String; 2],
}

/// The addresses of the two. Nobody else sees them.
const ADDRESSES: [&str; 2] = ["192.0.2.1", "192.0.2.2"];

impl Network {
    /// Makes them.
    ///
    /// # Errors
    /// Why this machine can't: it takes root, and a kernel with namespaces and veth.
    pub fn new() -> Result<Self, String> {
        let names = ["server", "client"].map(|side| format!("reposnap-{}-{side}", std::process::id()));
        let network = Self { names };
        let ip = |arguments: &[&str]| {
            let finished = capture(Command::new("ip").args(arguments));
            if finished.code() == 0 { Ok(()) } else { Err(format!("ip {arguments:?}: {}", finished.transcript())) }
        };
        let [server, client] = [&network.names[0], &network.names[1]];
        ip(&["netns", "add", server])?;
        ip(&["netns", "add", client])?;
        ip(&["link", "add", "eth0", "netns", server, "type", "veth", "peer", "name", "eth0", "netns", client])?;
        for (name, address) in network.names.iter().zip(ADDRESSES) {
            ip(&["-n", name, "address", "add", &format!("{address}/30"), "dev", "eth0"])?;
            ip(&["-n", name, "link", "set", "lo", "up"])?;
            ip(&["-n", name, "link", "set", "eth0", "up"])?;
        }
        Ok(network)
    }

    /// The address of the server's side.
    pub fn address(&self) -> &'static str {
        ADDRESSES[0]
    }

    /// A program on the server's side.
    pub fn on_server(&self, command: &Command) -> Command {
        within(&self.names[0], command)
    }

    /// A program on the client's side.
    pub fn on_client(&self, command: &Command) -> Command {
        within(&self.names[1], command)
    }

    /// Makes the cable a long and bad one: every packet is late, some never come. Whether the kernel can.
    pub fn worsen(&self) -> bool {
        self.names.iter().all(|name| {
            let bad =
                ["-n", name, "qdisc", "add", "dev", "eth0", "root", "netem", "delay", "15ms", "5ms", "loss", "1%"];
            capture(Command::new("tc").args(bad)).code() == 0
        })
    }

    /// Breaks all connections of the server, as a router that lost its memory does.
    pub fn cut(&self) -> Finished {
        let mut command = Command::new("ss");
        command.args(["--kill", "--tcp", "state", "established"]);
        succeed(&mut self.on_server(&command))
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        for name in &self.names {
            let _ = Command::new("ip").args(["netns", "delete", name]).status();
        }
    }
}

/// `command` in a namespace, with its variables and its folder.
fn within(name: &str, command: &Command) -> Command {
    let mut inside = Command::new("ip");
    inside.args(["netns", "exec", name]).arg(command.get_program()).args(command.get_args());
    for (variable, value) in command.get_envs() {
        inside.env(variable, value.unwrap_or(OsStr::new("")));
    }
    if let Some(folder) = command.get_current_dir() {
        inside.current_dir(folder);
    }
    inside
}
