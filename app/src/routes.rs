//! Every screen and its address. A page is rendered whole before it is sent, so
//! that it works without JavaScript and its status is right.

use leptos::prelude::*;
use leptos_meta::provide_meta_context;
use leptos_router::components::{ParentRoute, Redirect, Route, Router, Routes};
use leptos_router::{SsrMode, path};

use crate::screens::activity::{Activity, Delivery};
use crate::screens::attention::Attention;
use crate::screens::bulk::{BulkImport, BulkImports};
use crate::screens::candidate::Candidate;
use crate::screens::candidates::Candidates;
use crate::screens::changes::Changes;
use crate::screens::frame::Frame;
use crate::screens::health::Health;
use crate::screens::import_sheet::ImportSheet;
use crate::screens::insight::Insight;
use crate::screens::integrations::Integrations;
use crate::screens::invite::Invite;
use crate::screens::members::Members;
use crate::screens::messages::{BulkMessage, BulkMessages, NewMessage, Templates};
use crate::screens::new_candidate::NewCandidate;
use crate::screens::not_found::NotFound;
use crate::screens::reach::Reach;
use crate::screens::receiving::Receiving;
use crate::screens::reply::Reply;
use crate::screens::runs::Runs;
use crate::screens::set_up::SetUp;
use crate::screens::settings::Settings;
use crate::screens::sign_in::SignIn;
use crate::screens::styleguide::Styleguide;
use crate::screens::way_back::WayBack;
use crate::screens::wizard::Wizard;
use crate::ui::page_title::Platform;

/// The application: what hydrates, and what the shell holds.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    Platform::provide();
    Effect::new(|_| {
        if let Some(body) = document().body() {
            // Setting an attribute of an element fails for malformed names only.
            drop(body.set_attribute("data-hydrated", ""));
        }
    });
    view! {
        <Router>
            <Routes fallback=NotFound>
                <Route path=path!("/") view=|| view! { <Redirect path="/candidates" /> } ssr=SsrMode::Async />
                <Route path=path!("/sign-in") view=SignIn ssr=SsrMode::Async />
                <Route path=path!("/set-up/:token") view=SetUp ssr=SsrMode::Async />
                <Route path=path!("/invite/:token") view=Invite ssr=SsrMode::Async />
                <Route path=path!("/r/:token") view=Reply ssr=SsrMode::Async />
                <ParentRoute path=path!("/") view=Frame ssr=SsrMode::Async>
                    <Route path=path!("candidates") view=Candidates ssr=SsrMode::Async />
                    <Route path=path!("candidates/new") view=NewCandidate ssr=SsrMode::Async />
                    <Route path=path!("candidates/:id") view=Candidate ssr=SsrMode::Async />
                    <Route path=path!("candidates/:id/import") view=ImportSheet ssr=SsrMode::Async />
                    <Route path=path!("candidates/:id/reach") view=Reach ssr=SsrMode::Async />
                    <Route path=path!("imports") view=BulkImports ssr=SsrMode::Async />
                    <Route path=path!("imports/:id") view=BulkImport ssr=SsrMode::Async />
                    <Route path=path!("messages") view=BulkMessages ssr=SsrMode::Async />
                    <Route path=path!("messages/new") view=NewMessage ssr=SsrMode::Async />
                    <Route path=path!("messages/templates") view=Templates ssr=SsrMode::Async />
                    <Route path=path!("messages/:id") view=BulkMessage ssr=SsrMode::Async />
                    <Route path=path!("attention") view=Attention ssr=SsrMode::Async />
                    <Route path=path!("activity") view=Activity ssr=SsrMode::Async />
                    <Route path=path!("activity/deliveries/:id") view=Delivery ssr=SsrMode::Async />
                    <Route path=path!("insight") view=Insight ssr=SsrMode::Async />
                    <Route path=path!("members") view=Members ssr=SsrMode::Async />
                    <Route path=path!("styleguide") view=Styleguide ssr=SsrMode::Async />
                    <Route path=path!("settings") view=Settings ssr=SsrMode::Async />
                    <Route path=path!("integrations/way-back") view=WayBack ssr=SsrMode::Async />
                    <Route path=path!("integrations/health") view=Health ssr=SsrMode::Async />
                    <Route path=path!("integrations/receiving") view=Receiving ssr=SsrMode::Async />
                    <Route path=path!("integrations/changes") view=Changes ssr=SsrMode::Async />
                    <Route path=path!("integrations/runs") view=Runs ssr=SsrMode::Async />
                    <ParentRoute path=path!("integrations") view=Integrations ssr=SsrMode::Async>
                        <Route path=path!("") view=|| () ssr=SsrMode::Async />
                        <Route path=path!("lever") view=Wizard ssr=SsrMode::Async />
                    </ParentRoute>
                </ParentRoute>
            </Routes>
        </Router>
    }
}
