//! The two listeners of a world, before anything is served on them.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use tokio::net::TcpListener;

use super::StartError;
use crate::world::options::WorldOptions;

/// Listeners that are bound and not yet served, so that every address is known before anything is made.
pub(super) struct Listeners {
    pub(super) public: TcpListener,
    pub(super) admin: TcpListener,
    pub(super) public_address: SocketAddr,
    pub(super) admin_address: SocketAddr,
}

impl Listeners {
    pub(super) async fn bind(options: &WorldOptions) -> Result<Self, StartError> {
        if !options.admin_listen.ip().is_loopback() {
            return Err(StartError::AdminNotPrivate(options.admin_listen));
        }
        let (public, public_address) = bind("--listen", options.listen).await?;
        let (admin, admin_address) = bind("--admin-listen", options.admin_listen).await?;
        Ok(Self { public, admin, public_address, admin_address })
    }

    /// Where browsers reach the public one.
    pub(super) fn origin(&self, options: &WorldOptions) -> String {
        options.public_url.clone().unwrap_or_else(|| format!("http://{}", reachable(self.public_address)))
    }
}

async fn bind(option: &'static str, address: SocketAddr) -> Result<(TcpListener, SocketAddr), StartError> {
    let failed = |source| StartError::Listen { option, address, source };
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let bound = listener.local_addr().map_err(failed)?;
    Ok((listener, bound))
}

/// Where this machine reaches a listener: one that stands on all addresses is reached on loopback.
pub(in crate::world) fn reachable(address: SocketAddr) -> SocketAddr {
    match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => SocketAddr::from((Ipv4Addr::LOCALHOST, address.port())),
        IpAddr::V6(ip) if ip.is_unspecified() => SocketAddr::from((Ipv4Addr::LOCALHOST, address.port())),
        _ => address,
    }
}
