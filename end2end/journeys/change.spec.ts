// Changing an agreement at night, and ending it: with and without JavaScript.
import type { Page } from '@playwright/test'
import { newcomer } from '../newcomer'
import { expect, test } from '../portal'
import { agree, expectPdf, signIn } from '../steps'

const heading = { level: 1 } as const

const browsers = [
  { name: 'with JavaScript', javaScriptEnabled: true, reference: 'NG-900007' },
  { name: 'without JavaScript', javaScriptEnabled: false, reference: 'NG-900008' },
]

async function sign(page: Page, name: string): Promise<void> {
  await expect(page.getByRole('heading', heading)).toHaveText('Check and sign the change')
  await page.getByRole('checkbox', { name: /electronically/ }).check()
  await page.getByLabel('Your full name').fill(name)
  await page.getByRole('button', { name: 'Sign the change' }).click()
  await expect(page.getByRole('heading', heading)).toHaveText(/^(It is agreed|Your agreement)$/)
}

for (const { name, javaScriptEnabled, reference } of browsers) {
  test.describe(name, () => {
    test.use({ javaScriptEnabled })

    test('one step from not being able to pay to a signed change, and then the end', async ({ page, portal }) => {
      const who = newcomer(portal, reference)
      const agreement = await agree(page, await signIn(page, portal.url, who), who)
      await page.getByRole('link', { name: 'Change or end it' }).click()
      await expect(page.getByRole('heading', heading)).toHaveText('Change your agreement')
      // Three exact ways, none of them chosen for anybody.
      const ways = page.getByRole('region', { name: /^If you cannot make the payment of/ })
      await expect(ways.getByRole('listitem')).toHaveCount(3)
      await ways.getByRole('listitem').filter({ hasText: 'Add it at the end' }).getByRole('button').click()
      await expect(page.getByRole('table', { name: 'Your plan now, and after the change' })).toBeVisible()
      // Back, and another way: nothing has happened yet.
      await page.getByRole('link', { name: 'Keep it as it is' }).click()
      await expect(page.getByRole('heading', { name: 'Earlier versions' })).toHaveCount(0)
      await page.goto(`${agreement}/change/pause`)
      await page.getByRole('textbox', { name: 'Month' }).fill('1')
      await page.getByRole('textbox', { name: 'Day' }).fill('10')
      await page.getByRole('textbox', { name: 'Year' }).fill('2027')
      await page.getByRole('button', { name: 'See what changes' }).click()
      await sign(page, who.name)
      await expect(page.getByRole('heading', { name: 'Earlier versions' })).toBeVisible()
      await expectPdf(page, 'Your copy as a PDF')
      await expect(page.getByRole('table')).not.toContainText('December 2026')

      await page.getByRole('link', { name: 'Change or end it' }).click()
      await page.getByRole('link', { name: 'What ending it means' }).click()
      await page.getByRole('button', { name: 'End the agreement' }).click()
      await expect(page.getByRole('heading', heading)).toHaveText('Your agreement has ended')
      await page.getByRole('link', { name: /ways/i }).first().click()
      await expect(page).toHaveURL(/\/options$/)
    })
  })
}
