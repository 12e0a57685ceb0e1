//! What a screen is given: read models, free of secrets, made on the server and
//! serialised to the browser. One file a screen.

mod activity;
mod attention;
mod bulk;
mod candidates;
mod drift;
mod health;
mod import_sheet;
mod insight;
mod integration;
mod listed;
mod members;
mod messages;
mod opportunities;
mod receiving;
mod reply;
mod settings;
mod viewer;
mod way_back;

pub use activity::{ActivityPage, ActivityRow, ActivitySearch, DeliveryBody, DeliveryPage};
pub use attention::{AttentionPage, AttentionRow, Mend, PlaceQuestion, RetryAll};
pub use bulk::{BulkImportPage, BulkImportView, BulkItemView};
pub use candidates::{
    CandidateFilter, CandidateOrder, CandidatePage, CandidateProfile, CandidateRow, CandidateSort,
    ConflictView, Count, ErasureView, ImportView, InLever, LeverCard, MatchView, MessageDelivery,
    MessageView, StatusChangeView,
};
pub use drift::{DifferenceRow, DriftPage, DriftedMember, DriftedPlace, RunAsks, RunRow, RunsPage};
pub use health::{HealthPage, HourView, LeverAnswers, MinuteView, QueueView};
pub use import_sheet::{ImportSheet, SheetOption};
pub use insight::{FUNNEL, FunnelStep, InsightPage, InsightRow, LEFT, MedianStay, StayView};
pub use integration::{
    ConnectStep, IntegrationCard, LeverUserOption, LightView, MemberMapRow, PermissionRow, PermissionWorks,
    PlaceRow, SecretView, StagesStep, SyncView, UsersStep, Wizard,
};
pub use listed::Listed;
pub use members::{InviteRow, InviteView, MemberRow, MembersPage, NewInvite, SetUpView};
pub use messages::{
    BulkMessageItemView, BulkMessagePage, BulkMessageView, NewMessagePage, PreviewView, TemplateChoice,
    TemplateRow, TemplatesPage, WhomView,
};
pub use opportunities::{OpportunitiesView, OpportunityRow};
pub use receiving::{AcceptedToken, HeardEvent, HeldEvent, Receiving};
pub use reply::{ReplyPage, ReplyState};
pub use settings::{FallbackCredit, SettingsPage};
pub use viewer::Viewer;
pub use way_back::{ReachPage, ReturnChoice, ReturnRow, WayBackPage};
