//! The one control that follows a candidate's way into Lever: icon, progress,
//! decision, link, or what went wrong.

use domain::ids::CandidateId;
use domain::view::ImportView;
use leptos::prelude::*;

use super::api::{RequestImport, UndoImport};
use crate::ui::button::Submit;
use crate::ui::dynamic::dynamic;
use crate::ui::get_form::GetForm;
use crate::ui::icon::{LeverIcon, OutIcon};
use crate::ui::post_form::{Deed, PostForm};
use crate::ui::time::When;

/// The control for one candidate.
#[component]
pub(crate) fn ImportCell(
    /// Whom.
    id: CandidateId,
    /// Their name, which every button says.
    #[prop(into)]
    name: Signal<String>,
    /// Where the import stands.
    #[prop(into)]
    import: Signal<ImportView>,
    /// Asks the server again after a click.
    refresh: Callback<()>,
) -> impl IntoView {
    let action = Deed::new::<RequestImport>();
    let (version, pending) = (action.version(), action.pending());
    let refused = action.refusal();
    action.after(move || refresh.run(()));
    let undo = Deed::new::<UndoImport>();
    undo.after(move || refresh.run(()));
    // What a plain form was refused stands above the list, once.
    let said = move || if version.get() > 0 { refused.get() } else { None };
    view! {
        {dynamic(move || {
            if pending.get() {
                return progress("Sending");
            }
            let name = name.get();
            match import.get() {
                ImportView::NotConnected => view! { <span class="quiet">"Not connected"</span> }.into_any(),
                ImportView::NotEligible { .. } => {
                    let text = format!("Available once {name} answers");
                    let title = text.clone();
                    view! { <span class="quiet" title=title>{text}</span> }.into_any()
                }
                ImportView::Available { credited_to } => {
                    let hint = match credited_to {
                        Some(credited) => format!("Credited to {credited}"),
                        None => "Nobody in Lever to credit yet".to_owned(),
                    };
                    view! {
                        <ImportButton action=action id=id name=name hint=hint />
                    }
                        .into_any()
                }
                ImportView::Held { until } => {
                    view! {
                        <div class="deeds">
                            <span class="quiet" title="Begins by itself after an answer">
                                "Begins "
                                <When moment=until />
                            </span>
                            <PostForm deed=undo class="inline-form">
                                <input type="hidden" name="candidate" value=id.to_string() />
                                <Submit
                                    label="Undo"
                                    name=format!("Undo import of {name}")
                                    pending=undo.pending()
                                    says=format!("{name} is not imported")
                                />
                            </PostForm>
                        </div>
                    }
                        .into_any()
                }
                ImportView::Queued => progress("Queued"),
                ImportView::Sending => progress("Sending"),
                ImportView::NeedsDecision { .. } => {
                    view! {
                        <GetForm action=format!("/candidates/{id}")>
                            <button
                                type="submit"
                                class="button"
                                data-look="warn"
                                aria-label=format!("Decide about {name}")
                            >
                                "Decide"
                            </button>
                        </GetForm>
                    }
                        .into_any()
                }
                ImportView::Imported { url } => {
                    view! {
                        <a
                            class="out"
                            href=url
                            target="_blank"
                            rel="noopener"
                            aria-label=format!("View {name} in Lever")
                        >
                            "View"
                            <OutIcon />
                        </a>
                    }
                        .into_any()
                }
                ImportView::Failed { reason } => {
                    view! {
                        <div class="failed">
                            <span class="reason">{reason}</span>
                            <PostForm deed=action class="inline-form">
                                <input type="hidden" name="candidate" value=id.to_string() />
                                <Submit
                                    label="Retry"
                                    name=format!("Retry import of {name}")
                                    pending=pending
                                    says=on_the_way(&name)
                                />
                            </PostForm>
                        </div>
                    }
                        .into_any()
                }
                ImportView::Unlinked => {
                    view! {
                        <ImportButton action=action id=id name=name hint="Was deleted in Lever".to_owned() />
                    }
                        .into_any()
                }
            }
        })}
        {dynamic(move || {
            said()
                .map(|error| {
                    view! {
                        <span class="reason" role="alert">
                            {error.text()}
                        </span>
                    }
                })
        })}
    }
}

/// The Lever icon, awake.
#[component]
fn ImportButton(action: Deed, id: CandidateId, name: String, hint: String) -> impl IntoView {
    view! {
        <PostForm deed=action class="inline-form">
            <input type="hidden" name="candidate" value=id.to_string() />
            <button
                type="submit"
                class="button import"
                aria-label=format!("Import {name} into Lever")
                title=hint.clone()
                data-says=on_the_way(&name)
            >
                <LeverIcon />
                "Import"
            </button>
            <span class="quiet">{hint}</span>
        </PostForm>
    }
}

/// What is said once an import was asked for.
pub(crate) fn on_the_way(name: &str) -> String {
    format!("{name} is on the way to Lever")
}

fn progress(word: &'static str) -> AnyView {
    view! {
        <span class="progress" role="status">
            {word}
        </span>
    }
    .into_any()
}
