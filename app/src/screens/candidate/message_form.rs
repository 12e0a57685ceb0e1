//! Writing to the candidate.

use domain::ids::CandidateId;
use domain::problem::Field;
use leptos::ev::{Event, MouseEvent};
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlSelectElement;

use super::api::SendMessage;
use crate::screens::messages::api::DrawTemplateChoice;
use crate::ui::banner::FormBanner;
use crate::ui::button::Submit;
use crate::ui::drawn::drawn_part;
use crate::ui::dynamic::dynamic;
use crate::ui::field::TextArea;
use crate::ui::post_form::{Deed, PostForm};

/// The form; it is emptied once the message is on its way, and only then.
#[component]
pub(super) fn MessageForm(
    id: CandidateId,
    /// How what was typed before reads.
    preview: Option<String>,
    refresh: Callback<()>,
) -> impl IntoView {
    let action = Deed::new::<SendMessage>();
    let refusal = action.refusal();
    let area = NodeRef::<html::Textarea>::new();
    let preview = RwSignal::new(preview);
    let sent = RwSignal::new(false);
    action.after(move || {
        let reads = action.answer::<Option<String>>().flatten();
        sent.set(reads.is_none());
        if reads.is_none() {
            if let Some(area) = area.get_untracked() {
                area.set_value("");
            }
            refresh.run(());
        }
        preview.set(reads);
    });
    let choose = move |event: Event| {
        let chosen = event.target().and_then(|target| target.dyn_into::<HtmlSelectElement>().ok());
        if let (Some(chosen), Some(area)) = (chosen, area.get_untracked())
            && !chosen.value().is_empty()
        {
            // What was typed stays: the chosen text follows it.
            let typed = area.value();
            let gap = if typed.trim().is_empty() { "" } else { "\n\n" };
            area.set_value(&format!("{}{gap}{}", typed.trim_end(), chosen.value()));
            chosen.set_selected_index(0);
        }
    };
    let candidate = Signal::stored(id.to_string());
    let show = move |event: MouseEvent| {
        if let Some(area) = area.get_untracked() {
            event.prevent_default();
            let fields = [("candidate", &*id.to_string()), ("text", &area.value()), ("preview", "1")];
            action.send_from(&event, &fields);
        }
    };
    view! {
        <div class="panel">
            <div on:change=choose>
                {drawn_part(&[], candidate, Signal::stored(0), |candidate| DrawTemplateChoice { candidate })}
            </div>
            <FormBanner refusal=refusal />
            <PostForm deed=action>
                <input type="hidden" name="candidate" value=id.to_string() />
                <TextArea
                    label="Message"
                    name="text"
                    field=Field::Message
                    refusal=refusal
                    rows=5
                    hint="{first name}, {name}, {company} and {my name} are filled in."
                    node_ref=area
                />
                <div class="form-end">
                    <Submit label="Send message" look="primary" pending=action.pending() />
                    <button type="submit" class="button" name="preview" value="1" on:click=show>
                        "Preview"
                    </button>
                    <span role="status" class="quiet">
                        {dynamic(move || (sent.get() && !action.pending().get()).then_some("Message sent"))}
                    </span>
                </div>
            </PostForm>
            <div role="status" class="previews">
                {dynamic(move || {
                    preview
                        .get()
                        .map(|text| {
                            view! {
                                <h3>"Preview"</h3>
                                <blockquote class="message-body" dir="auto">
                                    {text}
                                </blockquote>
                            }
                        })
                })}
            </div>
        </div>
    }
}
