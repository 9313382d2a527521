//! The only place where the parts meet: declaration and settings become a running server.

mod declaration;

use std::any::Any;
use std::sync::Arc;

pub use self::declaration::{AuthDeclaration, ServerDeclaration};
use crate::Result;

/// A server before it starts: what was declared, and one method for each setting.
pub struct Server {
    declaration: ServerDeclaration,
    app: Arc<dyn Any + Send + Sync>,
}

impl Server {
    /// A server whose tools borrow `app`.
    pub fn new(app: impl Any + Send + Sync, declaration: ServerDeclaration) -> Self {
        Self {
            declaration,
            app: Arc::new(app),
        }
    }

    /// Listens and serves until the process is told to stop.
    ///
    /// # Errors
    /// Every problem that keeps the server from starting, at once.
    pub async fn serve(self) -> Result<()> {
        Ok(())
    }

    /// The server as a router to mount beside other routes.
    ///
    /// # Errors
    /// Every problem that keeps the server from starting, at once.
    pub async fn router(self) -> Result<axum::Router> {
        Ok(axum::Router::new())
    }

    /// Serves one client over standard input and output.
    ///
    /// # Errors
    /// Every problem that keeps the server from starting, at once.
    pub async fn stdio(self) -> Result<()> {
        Ok(())
    }
}
