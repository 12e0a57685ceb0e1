//! The frame around every screen behind the sign-in: menu, news, banner.

pub(crate) mod api;

use domain::actor::Action;
use domain::view::Viewer;
use leptos::prelude::*;
use leptos_router::components::{A, Outlet};

use self::api::{CurrentViewer, SignOut};
use crate::ask::Page;
use crate::live::{Live, kept_fresh};
use crate::problem::AppError;
use crate::ui::banner::FormBanner;
use crate::ui::dynamic::dynamic;
use crate::ui::icon::LeverIcon;
use crate::ui::post_form::{Deed, PostForm};
use crate::ui::shown::shown_or;
use crate::ui::toast::{self, region};

/// The signed-in member, for screens that show less to some.
#[derive(Clone, Copy)]
pub(crate) struct Me(Page<Viewer>);

impl Me {
    /// What `view` shows to a member who may do this. The server decides again.
    pub(crate) fn who_may(self, action: Action, view: fn() -> AnyView) -> AnyView {
        let nothing = || ().into_any();
        let view = move |viewer: Viewer| if viewer.role.may(action) { view() } else { nothing() };
        shown_or(self.0, view, |_| ().into_any(), nothing)
    }
}

/// Menu, banner and the screen itself.
#[component]
pub(crate) fn Frame() -> impl IntoView {
    let live = Live::provide();
    toast::provide();
    let me = Page::new(String::new(), || CurrentViewer {});
    provide_context(Me(me));
    view! {
        <a class="skip" href="#content" rel="external">
            "Skip to content"
        </a>
        <div class="frame">
            {shown_or(me, |viewer| view! { <Menu viewer=viewer /> }.into_any(), refused, || ().into_any())}
            <main id="content" tabindex="-1">
                <FormBanner refusal=live.trouble() />
                <Outlet />
            </main>
            {dynamic(move || {
                live.cut().get()
                    .then(|| {
                        view! {
                            <p class="offline" role="status">
                                "The server cannot be reached. What you type stays here, and the page is brought up to date when it is back."
                            </p>
                        }
                    })
            })}
        </div>
        {region()}
    }
}

fn refused(error: AppError) -> AnyView {
    view! { <FormBanner refusal=Signal::stored(Some(error)) /> }.into_any()
}

/// Brand, main navigation, who is signed in.
#[component]
fn Menu(viewer: Viewer) -> impl IntoView {
    let live = Live::here();
    let version = Signal::derive(move || live.attention().get().wrapping_add(live.members().get()));
    let viewer = kept_fresh(viewer, version, || CurrentViewer {});
    let may = move |action| viewer.with(|viewer| viewer.role.may(action));
    let open = move || viewer.with(|viewer| viewer.attention);
    let sign_out = Deed::new::<SignOut>();
    view! {
        <header class="menu">
            <p class="brand">
                <LeverIcon />
                <span>{dynamic(move || viewer.with(|viewer| viewer.platform.clone()))}</span>
            </p>
            <nav aria-label="Main">
                <ul>
                    <li>
                        <A href="/candidates">"Candidates"</A>
                    </li>
                    <li>
                        <A href="/attention">"Needs attention"</A>
                        {dynamic(move || {
                            let open = open();
                            (open > 0)
                                .then(|| {
                                    view! {
                                        <span class="count" role="status" aria-label=format!("{open} open")>
                                            {open}
                                        </span>
                                    }
                                })
                        })}
                    </li>
                    {dynamic(move || {
                        may(Action::SeeActivity)
                            .then(|| {
                                view! {
                                    <li>
                                        <A href="/activity">"Activity"</A>
                                    </li>
                                }
                            })
                    })}
                    <li>
                        <A href="/insight">"Insight"</A>
                    </li>
                    <li>
                        <A href="/integrations">"Integrations"</A>
                    </li>
                    {dynamic(move || {
                        may(Action::ManageMembers)
                            .then(|| {
                                view! {
                                    <li>
                                        <A href="/members">"Members"</A>
                                    </li>
                                }
                            })
                    })}
                </ul>
            </nav>
            <div class="who">
                <p>
                    <strong>{dynamic(move || viewer.with(|viewer| viewer.name.clone()))}</strong>
                    <span>
                        {dynamic(move || viewer.with(|viewer| format!("{}, {}", viewer.role.label(), viewer.organisation)))}
                    </span>
                </p>
                <PostForm deed=sign_out>
                    <button type="submit" class="button" data-look="quiet">
                        "Sign out"
                    </button>
                </PostForm>
            </div>
        </header>
    }
}
