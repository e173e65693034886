//! Addresses in settings: the shop's origin, the instance, the ledger, sockets.

use std::{fmt, net::SocketAddr, path::PathBuf};

use secrecy::SecretString;
use url::{Host, Url};

/// A web origin: scheme, host, port. https, or http where the traffic does not leave the machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    url: Url,
    text: String,
}

impl Origin {
    /// The origin in this text.
    pub fn parse(text: &str) -> Result<Self, String> {
        let url = web_address(text)?;
        if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
            return Err(
                "write scheme, host and port only, such as `https://shop.example.com`".to_owned(),
            );
        }
        let text = url.origin().ascii_serialization();
        Ok(Self { url, text })
    }

    /// As browsers write it, such as `https://shop.example.com`.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Host and port, as a `Host` header names them.
    pub fn authority(&self) -> &str {
        self.text
            .split_once("://")
            .map_or("", |(_, authority)| authority)
    }

    /// Whether it is https: cookies are then `Secure` and carry the `__Host-` prefix.
    pub fn is_secure(&self) -> bool {
        self.url.scheme() == "https"
    }

    /// Whether it names this machine.
    pub fn is_loopback(&self) -> bool {
        is_loopback(&self.url)
    }

    /// Its port.
    pub fn port(&self) -> Option<u16> {
        self.url.port_or_known_default()
    }

    /// The full address of a path without a query.
    pub fn address(&self, path: &str) -> Url {
        let mut address = self.url.clone();
        address.set_path(path);
        address
    }

    /// The full address of a path, with its query, that starts with a slash.
    pub fn join(&self, path: &str) -> String {
        format!("{}{path}", self.text)
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Where the ledger is.
#[derive(Debug, Clone)]
pub enum LedgerAddress {
    /// A file of this machine.
    Sqlite(PathBuf),
    /// A PostgreSQL database; the address holds its password.
    Postgres(SecretString),
}

impl LedgerAddress {
    /// `sqlite:<path>` or `postgres://…`.
    pub fn parse(text: &str) -> Result<Self, String> {
        if let Some(path) = text.strip_prefix("sqlite:") {
            let path = path.strip_prefix("//").unwrap_or(path);
            if path.is_empty() || path.starts_with(':') {
                return Err("name a file, such as `sqlite:data/ledger.sqlite`".to_owned());
            }
            return Ok(Self::Sqlite(PathBuf::from(path)));
        }
        let is_postgres = text.starts_with("postgres://") || text.starts_with("postgresql://");
        if is_postgres && Url::parse(text).is_ok() {
            return Ok(Self::Postgres(text.to_owned().into()));
        }
        Err("write `sqlite:<path>` or `postgres://user:password@host/database`".to_owned())
    }
}

/// The root of an instance; a path is not part of it.
pub(super) fn instance(text: &str) -> Result<Url, String> {
    let url = web_address(text)?;
    if url.query().is_some() || url.fragment().is_some() {
        return Err(
            "write the root address only, such as `https://mycompany.my.erp.net`".to_owned(),
        );
    }
    Ok(url)
}

pub(super) fn origins(text: &str) -> Result<Vec<Origin>, String> {
    text.split(',')
        .map(str::trim)
        .filter(|origin| !origin.is_empty())
        .map(Origin::parse)
        .collect()
}

pub(super) fn socket(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| {
        "write an address with a port, such as `127.0.0.1:3000` or `[::]:8080`".to_owned()
    })
}

pub(super) fn loopback(text: &str) -> Result<SocketAddr, String> {
    socket(text).and_then(|address| {
        if address.ip().is_loopback() {
            Ok(address)
        } else {
            Err("its passwords are public: it may listen on this machine only, such as `127.0.0.1:4000`".to_owned())
        }
    })
}

fn web_address(text: &str) -> Result<Url, String> {
    let url = Url::parse(text)
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
        .ok_or("write a full address, such as `https://shop.example.com`")?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err("leave user and password out of the address".to_owned());
    }
    if url.scheme() == "http" && !is_loopback(&url) {
        return Err("use https: http is for addresses of this machine only".to_owned());
    }
    Ok(url)
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}
