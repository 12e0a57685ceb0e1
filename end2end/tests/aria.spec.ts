/** What a screen reader is given on the screens people work in: parts, names, order. */
import { MEMBERS } from '../fixtures/fulcrum.js';
import { expect, test } from '../fixtures/test.js';
import { connectedAtOnce, openWizard } from '../walk/shortcuts.js';
import { signIn } from '../walk/sign-in.js';

test.use({ contents: 'people' });

test('the candidate list', async ({ world }) => {
  const ana = await world.visitor();
  await signIn(ana, world.fulcrum, MEMBERS.ana.email);
  await expect(ana.page.getByRole('navigation', { name: 'Main' })).toMatchAriaSnapshot(`
    - navigation "Main":
      - list:
        - listitem:
          - link "Candidates"
        - listitem:
          - link "Needs attention"
  `);
  await expect(ana.page.getByRole('main')).toMatchAriaSnapshot(`
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
        - combobox "Sort by"
      - status: /\\d+ candidates/
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
  `);
});

test('a candidate', async ({ world }) => {
  const ana = await world.visitor();
  await signIn(ana, world.fulcrum, MEMBERS.ana.email);
  await ana.page.locator('tbody a.row-link').first().click();
  await expect(ana.page.getByRole('textbox', { name: 'Message', exact: true })).toBeVisible();
  await expect(ana.page.getByRole('main')).toMatchAriaSnapshot(`
    - main:
      - heading [level=1]
      - textbox "Message"
      - button "Send message"
  `);
  await expect(ana.page.getByRole('region', { name: 'Lever' })).toMatchAriaSnapshot(`
    - region "Lever":
      - heading "Lever" [level=2]
  `);
});

test('the wizard, the integrations and what needs attention', async ({ world }) => {
  const walk = await connectedAtOnce(world);
  const { page } = walk.admin;
  await expect(page.getByRole('main')).toMatchAriaSnapshot(`
    - main:
      - heading "Integrations" [level=1]
      - navigation "About Lever"
      - region "Lever":
        - heading "Lever" [level=2]
  `);
  await openWizard(walk, walk.admin, 'users');
  await expect(page.getByRole('dialog')).toMatchAriaSnapshot(`
    - dialog "Lever integration":
      - heading "Lever integration" [level=2]
      - link "Close"
      - heading "User Account Mapping" [level=3]
      - group "Members and their Lever users":
        - combobox "Ana Ruiz"
      - link "Back"
      - button "Next"
  `);
  await openWizard(walk, walk.admin, 'stages');
  await expect(page.getByRole('dialog')).toMatchAriaSnapshot(`
    - dialog "Lever integration":
      - heading "Job Stage Mapping" [level=3]
      - group "Stages":
        - combobox "New lead"
      - group "Archive reasons":
        - combobox "Timing"
      - link "Back"
      - button "Preview"
      - button "Save"
  `);
  await walk.admin.open(`${world.fulcrum.url}/attention`);
  await expect(page.getByRole('main')).toMatchAriaSnapshot(`
    - main:
      - heading "Needs attention" [level=1]
  `);
});
