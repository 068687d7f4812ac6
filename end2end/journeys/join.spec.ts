// Two accounts, one day to think of: with and without JavaScript.
import { newcomer } from '../newcomer'
import { expect, test } from '../portal'
import { agree, signIn } from '../steps'

const heading = { level: 1 } as const

const browsers = [
  { name: 'with JavaScript', javaScriptEnabled: true, reference: 'NG-900072', other: 'NG-900073' },
  { name: 'without JavaScript', javaScriptEnabled: false, reference: 'NG-900074', other: 'NG-900075' },
]

for (const { name, javaScriptEnabled, reference, other } of browsers) {
  test.describe(name, () => {
    test.use({ javaScriptEnabled })

    test('a second account joins with one signature and is paid on the same days', async ({ page, portal }) => {
      const who = newcomer(portal, reference, other)
      await agree(page, await signIn(page, portal.url, who), who)
      await page.getByRole('link', { name: 'Change or end it' }).click()
      await page.getByRole('link', { name: 'Add another account' }).click()
      await expect(page.getByRole('heading', heading)).toHaveText('Add another account')
      await page.getByRole('listitem').filter({ hasText: 'Both end together' }).getByRole('button').click()
      await expect(page.getByRole('heading', heading)).toHaveText('Check your answers')
      const days = page.getByRole('table', { name: 'What you pay on each day' })
      await expect(days.getByRole('row').nth(1)).toContainText('$50.00$45.65$95.65')

      await page.getByRole('link', { name: 'Read it and sign' }).click()
      await expect(page.getByText('What I signed there stays as it is.')).toBeVisible()
      await page.getByLabel('Your full name').fill(who.name)
      await page.getByRole('checkbox', { name: /electronically/ }).check()
      await page.getByRole('button', { name: 'Sign this agreement' }).click()
      await expect(page.getByRole('heading', heading)).toHaveText('It is agreed')
      const together = page.getByRole('region', { name: 'Paid together with this' })
      await together.getByRole('link').click()
      await expect(page.getByRole('region', { name: 'Paid together with this' })).toBeVisible()
      await page.getByRole('link', { name: 'Change or end it' }).click()
      await expect(page.getByText('is paid on the same days, with a plan of its own')).toBeVisible()
      // Nothing is left to add.
      await expect(page.getByRole('link', { name: 'Add another account' })).toHaveCount(0)
    })
  })
}
