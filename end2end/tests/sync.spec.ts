/** What no delivery brought, *Sync now* repairs; what is deleted in Lever is unlinked. */
import { expect, test } from '../fixtures/test.js';
import { candidateWhoAnswered, importButton, importIntoLever, seesStatus } from '../walk/candidates.js';
import { goToIntegrations } from '../walk/connect.js';
import { moveTo, openInLever } from '../walk/lever-candidate.js';
import { connectedAtOnce } from '../walk/shortcuts.js';
import { NOOR } from '../walk/walk.js';

test('a lost delivery and a deletion are found by Sync now', async ({ world }) => {
  const walk = await connectedAtOnce(world);
  await candidateWhoAnswered(walk.ana, walk.outside, NOOR);
  await importIntoLever(walk.ana, NOOR);
  await world.lever.behave({ delivery_drop: 1 });

  await openInLever(walk.inLever, NOOR);
  await moveTo(walk.inLever, 'Offer');
  await goToIntegrations(walk.admin);
  await walk.admin.page.getByRole('button', { name: 'Sync now', exact: true }).click();
  await seesStatus(walk.ana, NOOR, 'Offer');

  await walk.inLever.page.getByRole('button', { name: 'Delete', exact: true }).click();
  await expect.poll(() => world.lever.opportunities(NOOR.email)).toHaveLength(0);
  await walk.admin.page.getByRole('button', { name: 'Sync now', exact: true }).click();
  // Unlinked only: the status stays, and the person can be imported again.
  await walk.ana.sees(importButton(walk.ana, NOOR));
  await seesStatus(walk.ana, NOOR, 'Offer');
});
