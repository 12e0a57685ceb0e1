//! The frame around every screen behind the sign-in: menu, news, banner.

pub(crate) mod api;

use domain::actor::Action;
use domain::view::Viewer;
use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_router::components::{A, Outlet};

use self::api::{SignOut, current_viewer};
use crate::live::{Live, kept_fresh};
use crate::problem::AppError;
use crate::ui::banner::FormBanner;
use crate::ui::icon::LeverIcon;

/// The signed-in member, for screens that show less to some.
#[derive(Clone, Copy)]
pub(crate) struct Me(Resource<Result<Viewer, AppError>>);

impl Me {
    /// Whether the signed-in member may do `action`. The server decides again.
    pub(crate) async fn may(self, action: Action) -> bool {
        self.0.await.is_ok_and(|viewer| viewer.role.may(action))
    }
}

/// Menu, banner and the screen itself.
#[component]
pub(crate) fn Frame() -> impl IntoView {
    let live = Live::provide();
    let me = Resource::new_blocking(|| (), |()| current_viewer());
    provide_context(Me(me));
    view! {
        <a class="skip" href="#content" rel="external">
            "Skip to content"
        </a>
        <div class="frame">
            <Suspense>
                {move || Suspend::new(async move {
                    match me.await {
                        Ok(viewer) => view! { <Menu viewer=viewer /> }.into_any(),
                        Err(error) => view! { <FormBanner refusal=Signal::derive(move || Some(error.clone())) /> }.into_any(),
                    }
                })}
            </Suspense>
            <main id="content" tabindex="-1">
                <FormBanner refusal=live.trouble() />
                <Outlet />
            </main>
        </div>
    }
}

/// Brand, main navigation, who is signed in.
#[component]
fn Menu(viewer: Viewer) -> impl IntoView {
    let live = Live::here();
    let version = Signal::derive(move || live.attention().get().wrapping_add(live.members().get()));
    let viewer = kept_fresh(viewer, version, current_viewer);
    let may = move |action| viewer.with(|viewer| viewer.role.may(action));
    let open = move || viewer.with(|viewer| viewer.attention);
    let sign_out = ServerAction::<SignOut>::new();
    view! {
        <header class="menu">
            <p class="brand">
                <LeverIcon />
                <span>{move || viewer.with(|viewer| viewer.platform.clone())}</span>
            </p>
            <nav aria-label="Main">
                <ul>
                    <li>
                        <A href="/candidates">"Candidates"</A>
                    </li>
                    <li>
                        <A href="/attention">"Needs attention"</A>
                        {move || {
                            let open = open();
                            (open > 0)
                                .then(|| {
                                    view! {
                                        <span class="count" role="status" aria-label=format!("{open} open")>
                                            {open}
                                        </span>
                                    }
                                })
                        }}
                    </li>
                    {move || {
                        may(Action::SeeActivity)
                            .then(|| {
                                view! {
                                    <li>
                                        <A href="/activity">"Activity"</A>
                                    </li>
                                }
                            })
                    }}
                    <li>
                        <A href="/integrations">"Integrations"</A>
                    </li>
                    {move || {
                        may(Action::ManageMembers)
                            .then(|| {
                                view! {
                                    <li>
                                        <A href="/members">"Members"</A>
                                    </li>
                                }
                            })
                    }}
                </ul>
            </nav>
            <div class="who">
                <p>
                    <strong>{move || viewer.with(|viewer| viewer.name.clone())}</strong>
                    <span>
                        {move || viewer.with(|viewer| format!("{}, {}", viewer.role.label(), viewer.organisation))}
                    </span>
                </p>
                <ActionForm action=sign_out>
                    <button type="submit" class="button" data-look="quiet">
                        "Sign out"
                    </button>
                </ActionForm>
            </div>
        </header>
    }
}
