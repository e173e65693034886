//! Addresses on this machine: is one free, and if not, what to say.

use std::io::ErrorKind;
use std::net::TcpListener;

/// Whether a server could listen there now, in both families: `localhost` may mean either.
pub(crate) fn is_free(port: u16) -> bool {
    let in_use = |host: &str| {
        TcpListener::bind((host, port)).is_err_and(|error| error.kind() == ErrorKind::AddrInUse)
    };
    !in_use("127.0.0.1") && !in_use("::1")
}

/// `wanted` if it is free, else one that the system gives.
///
/// # Errors
///
/// In words, when the system gives none.
pub(crate) fn wanted_or_any(wanted: u16) -> Result<u16, String> {
    if is_free(wanted) {
        return Ok(wanted);
    }
    TcpListener::bind(("127.0.0.1", 0))
        .and_then(|listener| listener.local_addr())
        .map(|address| address.port())
        .map_err(|error| format!("no free port on 127.0.0.1: {error}"))
}

/// Refuses early, before minutes of building, when the shop's port is taken.
///
/// # Errors
///
/// In words, with the way to see who holds it.
pub(crate) fn must_be_free(port: u16) -> Result<(), String> {
    if is_free(port) {
        Ok(())
    } else {
        Err(format!(
            "port {port} is taken, perhaps by a shop that is still running. `ss -ltnp 'sport = :{port}'` names the program that holds it; stop it and try again."
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_that_someone_holds_is_not_free() {
        let held = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = held.local_addr().unwrap().port();
        assert!(!is_free(port));
        assert!(
            must_be_free(port)
                .unwrap_err()
                .contains(&format!("port {port} is taken"))
        );
        let other = wanted_or_any(port).unwrap();
        assert_ne!(other, port);
        assert!(is_free(other));
    }
}
