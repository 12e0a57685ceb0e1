//! The title of a page: what it shows, and whose platform it is.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::problem::AppError;
use crate::screens::frame::api::platform;

/// The platform's name, as people see it.
#[derive(Clone, Copy)]
pub(crate) struct Platform(Resource<Result<String, AppError>>);

impl Platform {
    /// Asks for it once for the whole application.
    pub(crate) fn provide() {
        provide_context(Self(Resource::new_blocking(|| (), |()| platform())));
    }

    /// The name; a product's name while it is not known.
    pub(crate) async fn name(self) -> String {
        self.0.await.unwrap_or_else(|_| "Fulcrum".into())
    }
}

/// The title, in the browser's tab and in its history.
#[component]
pub(crate) fn PageTitle(#[prop(into)] text: String) -> impl IntoView {
    let platform = expect_context::<Platform>();
    view! {
        <Suspense>
            {move || {
                let text = text.clone();
                Suspend::new(async move {
                    let platform = platform.name().await;
                    view! { <Title text=format!("{text} · {platform}") /> }
                })
            }}
        </Suspense>
    }
}
