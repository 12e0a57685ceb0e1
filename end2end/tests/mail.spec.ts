/** With a mail server: how far a message is, the letter that comes, and the one that cannot. */
import { expect, test } from '../fixtures/test.js';
import { addCandidate, answer, openCandidate } from '../walk/candidates.js';
import { FIRST, setUp } from '../walk/set-up.js';
import { navigation } from '../walk/sign-in.js';
import { NOOR, THEO } from '../walk/walk.js';

test.use({ contents: 'nothing', mailing: true });

for (const live of [true, false]) {
  test.describe(live ? 'live pages' : 'without JavaScript', () => {
    test.use({ live });

    test('a message is sent, and one that is not is tried again', async ({ world }) => {
      const { fulcrum, mail } = world;
      if (!mail) {
        throw new Error('there is no mail server');
      }
      const sam = await world.visitor();
      await setUp(sam, fulcrum);
      const message = sam.page.getByRole('textbox', { name: 'Message', exact: true });
      const said = (text: string) =>
        sam.page.getByRole('region', { name: 'Conversation' }).getByRole('listitem').filter({ hasText: text });
      const write = async (text: string) => {
        await message.fill(text);
        await sam.page.getByRole('button', { name: 'Send message', exact: true }).click();
        await expect(said(text)).toBeVisible();
      };

      await addCandidate(sam, NOOR);
      await write('Shall we talk?');
      await sam.sees(said('Shall we talk?').getByText('Sent', { exact: true }));
      expect(mail.letters.map(({ to }) => to)).toEqual([NOOR.email]);
      const link = /https?:\/\/\S+\/r\/[\w.-]+/.exec(mail.letters[0]?.text ?? '')?.[0] ?? '';
      // The link is the candidate's alone: what opens it stands in the letter.
      await answer(await world.visitor(), link, 'Yes, gladly.');
      await sam.sees(said('Yes, gladly.'));

      mail.unknown.add(THEO.email);
      await addCandidate(sam, THEO);
      await write('Hello Theo!');
      await sam.sees(said('Hello Theo!').getByText('Not sent', { exact: true }));
      await navigation(sam, 'Needs attention').click();
      await sam.sees(sam.page.getByRole('listitem').filter({ hasText: THEO.name }));
      // A Super Admin is told of the first of a kind.
      await expect.poll(() => mail.letters.map(({ to }) => to)).toEqual([NOOR.email, FIRST['E-mail']]);

      mail.unknown.clear();
      await openCandidate(sam, THEO);
      await said('Hello Theo!').getByRole('button', { name: 'Try again', exact: true }).click();
      await sam.sees(said('Hello Theo!').getByText('Sent', { exact: true }));
      expect(mail.letters.map(({ to }) => to)).toEqual([
        NOOR.email,
        FIRST['E-mail'],
        THEO.email,
      ]);
      mail.busy = true;
      await write('Are you there, Theo?');
      const waiting = said('Are you there, Theo?');
      await sam.sees(waiting.getByText('Queued', { exact: true }));
      await expect(waiting.getByRole('button')).toHaveCount(0);
      await navigation(sam, 'Needs attention').click();
      await sam.sees(sam.page.getByText('All is well', { exact: true }));
    });
  });
}
