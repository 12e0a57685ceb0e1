/** What a screen reader is given on the screens people work in: parts, names, order. */
import { MEMBERS } from '../fixtures/fulcrum.js';
import { expect, test } from '../fixtures/test.js';
import {
  addCandidate,
  candidateWhoAnswered,
  goToCandidates,
  importButton,
  openCandidate,
  row,
} from '../walk/candidates.js';
import { dialog } from '../walk/connect.js';
import { moveTo, openInLever } from '../walk/lever-candidate.js';
import { connectedAtOnce, openWizard } from '../walk/shortcuts.js';
import { navigation } from '../walk/sign-in.js';
import { NOOR, THEO } from '../walk/walk.js';

const TIME = '/\\d\\d:\\d\\d/';

test('list, profile, wizard, what needs attention and the log', async ({ world }) => {
  const walk = await connectedAtOnce(world);
  const { admin, ana, inLever, lever, outside } = walk;
  const main = ana.page.getByRole('main');
  await addCandidate(ana, THEO);
  await candidateWhoAnswered(ana, outside, NOOR);

  await test.step('the menu and the list', async () => {
    await expect(ana.page.getByRole('navigation', { name: 'Main' })).toMatchAriaSnapshot(`
      - navigation "Main":
        - list:
          - /children: equal
          - listitem:
            - link "Candidates"
          - listitem:
            - link "Needs attention"
          - listitem:
            - link "Insight"
          - listitem:
            - link "Integrations"
    `);
    await expect(main).toMatchAriaSnapshot(`
      - main:
        - heading "Candidates" [level=1]
        - link "Add candidate"
        - search:
          - searchbox "Search candidates"
          - button "Search"
          - combobox "Filter by status"
          - combobox "Filter by owner"
          - spinbutton "Lowest score"
          - spinbutton "Highest score"
          - combobox "Filter by Lever"
          - combobox "Sort by":
            - option "Newest first" [selected]
        - status: 2 candidates
        - button "Keyboard shortcuts"
        - table "Candidates":
          - rowgroup:
            - row:
              - cell:
                - checkbox "Choose everybody on this page"
              - columnheader "Name":
                - link "Name"
              - columnheader "Company"
              - columnheader "Score":
                - link "Score"
              - columnheader "Owner"
              - columnheader "Status":
                - link "Status"
              - columnheader "Since":
                - link "Since"
              - columnheader "Lever"
          - rowgroup:
            - row:
              - cell:
                - checkbox "Choose Noor Haddad"
              - rowheader "Noor Haddad":
                - link "Noor Haddad"
              - cell
              - cell
              - cell "Ana Ruiz"
              - cell "Responded"
              - cell ${TIME}:
                - time: ${TIME}
              - cell:
                - button "Import Noor Haddad into Lever"
                - text: Credited to Ana Ruiz
            - row:
              - cell:
                - checkbox "Choose Theo Lindgren"
              - rowheader "Theo Lindgren":
                - link "Theo Lindgren"
              - cell
              - cell
              - cell "Ana Ruiz"
              - cell "New"
              - cell ${TIME}
              - cell "Available once Theo Lindgren answers"
        - button "Import all that match"
        - button "Message all that match"
        - link "Imports of many"
        - link "Messages to many"
    `);
    await row(ana, NOOR).getByRole('checkbox').check();
    await expect(main).toMatchAriaSnapshot(`
      - main:
        - table "Candidates":
          - rowgroup
          - rowgroup:
            - row:
              - cell:
                - checkbox "Choose Noor Haddad" [checked]
        - button "Import selected"
        - button "Message selected"
        - button "Import all that match"
    `);
  });

  await test.step('what needs attention', async () => {
    await lever.fail([
      { endpoint: 'opportunities.create', kind: 'permission-missing', when: { count: 1 } },
    ]);
    await importButton(ana, NOOR).click();
    await ana.sees(row(ana, NOOR).getByRole('button', { name: `Retry import of ${NOOR.name}` }));
    await navigation(ana, 'Needs attention').click();
    await expect(main).toMatchAriaSnapshot(`
      - main:
        - heading "Needs attention" [level=1]
        - list:
          - listitem:
            - heading "Noor Haddad was not imported into Lever" [level=2]
            - paragraph: /The API key may not create opportunities/
            - paragraph:
              - text: You can · since
              - time: ${TIME}
              - text: ·
              - link "Open the candidate"
            - button "Retry import of Noor Haddad"
    `);
    await ana.page.getByRole('button', { name: 'Retry import of Noor Haddad' }).click();
    await expect(ana.page.getByText('All is well', { exact: true })).toBeVisible();
    await goToCandidates(ana);
    await ana.sees(row(ana, NOOR).getByRole('link', { name: `View ${NOOR.name} in Lever` }));
  });

  await test.step('the profile', async () => {
    await openCandidate(ana, NOOR);
    await expect(main).toMatchAriaSnapshot(`
      - main:
        - heading "Noor Haddad" [level=1]
        - text: Responded
        - region "Conversation":
          - heading "Conversation" [level=2]
          - list:
            - listitem:
              - strong: Ana Ruiz
              - time: ${TIME}
              - text: /Outbox Hello Noor Haddad/
              - link "Open reply page"
            - listitem:
              - strong: Noor Haddad
              - time: ${TIME}
              - text: Yes, gladly.
        - textbox "Message"
        - button "Send message"
        - button "Preview"
        - region "Lever":
          - heading "Lever" [level=2]
          - link "View Noor Haddad in Lever"
          - term: Stage
          - definition: New lead
          - term: Credited to
          - definition: Ana Ruiz
          - term: Read from Lever
          - region "Opportunities of this contact":
            - heading "Opportunities of this contact" [level=3]
            - list:
              - listitem:
                - link "No posting"
            - button "Look in Lever"
        - region "Résumé":
          - heading "Résumé" [level=2]
          - button "Résumé file"
          - button "Keep résumé"
        - region "Status by hand":
          - combobox "Status":
            - option "Responded" [selected]
          - button "Set status"
        - region "About":
          - heading "About" [level=2]
          - term: E-mail
          - definition: noor.haddad@people.example
          - term: Owner
          - definition: Ana Ruiz
          - link "Change contact details"
        - region "Status history":
          - heading "Status history" [level=2]
          - list:
            - listitem:
              - text: Responded
              - time: ${TIME}
              - text: Answered
            - listitem:
              - text: Contacted
              - time: ${TIME}
              - text: Ana Ruiz wrote
    `);
  });

  await test.step('the integrations and the three steps of the wizard', async () => {
    await expect(admin.page.getByRole('main')).toMatchAriaSnapshot(`
      - main:
        - heading "Integrations" [level=1]
        - navigation "About Lever":
          - list:
            - listitem:
              - link "Connection"
            - listitem:
              - link "Receiving"
            - listitem:
              - link "Changes"
            - listitem:
              - link "Reconciliation"
            - listitem:
              - link "Health"
        - region "Lever":
          - heading "Lever" [level=2]
          - button "Sync now"
          - button "Reconnect"
          - button "Disconnect"
          - paragraph:
            - link "User Account Mapping"
            - link "Job Stage Mapping"
            - link "The way back"
            - link "Import settings"
          - term: Last sync
          - term: Linked candidates
          - heading "Webhooks" [level=3]
    `);
    await openWizard(walk, admin, 'connect');
    await expect(dialog(admin)).toMatchAriaSnapshot(`
      - dialog "Lever integration":
        - heading "Lever integration" [level=2]
        - link "Close"
        - paragraph: Step 1 of 3
        - list:
          - listitem: Connect Lever
          - listitem: User Account Mapping
          - listitem: Job Stage Mapping
        - heading "Connect Lever" [level=3]
        - textbox "API key"
        - group "Webhooks":
          - textbox "Lever Webhook Configuration"
          - button "Copy"
          - paragraph:
            - text: Add this URL to the three webhooks on
            - link "Lever's webhook settings"
            - text: and press Verify Connection there.
          - status:
            - list:
              - listitem: /Candidate Hired. verified/
              - listitem: /Candidate Stage Change. verified/
              - listitem: /Candidate Archive State Change. verified/
          - button "Register the webhooks for me"
        - textbox "Webhook signing token"
        - combobox "Lever environment":
          - option "Practice" [selected]
        - button "Next"
    `);
    await openWizard(walk, admin, 'users');
    await expect(dialog(admin)).toMatchAriaSnapshot(`
      - dialog "Lever integration":
        - heading "Lever integration" [level=2]
        - link "Close"
        - paragraph: Step 2 of 3
        - search:
          - searchbox "Search members"
          - checkbox "Only unmapped"
        - heading "User Account Mapping" [level=3]
        - group "Members and their Lever users":
          - combobox "Ana Ruiz":
            - option "Ana Ruiz (ana@demo.example)" [selected]
          - combobox "Avery Admin"
          - combobox "Ben Okafor"
          - combobox "Lee Lead"
          - combobox "Fallback user"
        - link "Back"
        - button "Next"
    `);
    const ben = dialog(admin).getByRole('combobox', { name: MEMBERS.ben.name, exact: true });
    await expect(ben).toHaveAccessibleDescription('ben@demo.example');
    await openWizard(walk, admin, 'stages');
    await expect(dialog(admin)).toMatchAriaSnapshot(`
      - dialog "Lever integration":
        - heading "Lever integration" [level=2]
        - link "Close"
        - paragraph: Step 3 of 3
        - search:
          - searchbox "Search stages and reasons"
          - checkbox "Only unmapped"
        - heading "Job Stage Mapping" [level=3]
        - group "Stages":
          - combobox "New lead":
            - option "Keep current status" [selected]
          - combobox "Reached out"
          - combobox "Responded"
        - group "Archive reasons":
          - combobox "Underqualified"
        - link "Back"
        - button "Preview"
        - button "Save"
    `);
    const there = dialog(admin).getByRole('combobox', { name: 'New lead', exact: true });
    await expect(there).toHaveAccessibleDescription(`1 person: ${NOOR.name}`);
  });

  await test.step('the log', async () => {
    await openInLever(inLever, NOOR);
    await moveTo(inLever, 'Offer');
    await admin.open(`${world.fulcrum.url}/activity`);
    await admin.sees(admin.page.getByText(/is now Offer/));
    await expect(admin.page.getByRole('main')).toMatchAriaSnapshot(`
      - main:
        - heading "Activity" [level=1]
        - link "Audit log"
        - search "Search the log":
          - combobox "What":
            - option "Everything" [selected]
          - searchbox "Candidate"
          - combobox "Member"
          - combobox "Outcome"
          - textbox "From"
          - textbox "Until"
          - button "Search"
        - table "Activity, newest first":
          - rowgroup:
            - row:
              - columnheader "When"
              - columnheader "Who"
              - columnheader "What"
          - rowgroup:
            - row:
              - cell ${TIME}:
                - time: ${TIME}
              - cell "Lever"
              - cell:
                - link /Noor Haddad is now Offer/
                - link "Open delivery"
    `);
  });
});
