// Allowing an agreement's payments to be collected, changing the card, stopping it: with and without JavaScript.
import type { Page } from '@playwright/test'
import { newcomer } from '../newcomer'
import type { Person } from '../people'
import { expect, expectAccessible, expectNoSidewaysScrolling, test } from '../portal'
import { agree, expectPdf, say, signIn } from '../steps'

const heading = { level: 1 } as const

const browsers = [
  { name: 'with JavaScript', javaScriptEnabled: true, allows: 'NG-900001', leaves: 'NG-900002' },
  { name: 'without JavaScript', javaScriptEnabled: false, allows: 'NG-900003', leaves: 'NG-900004' },
]

async function authorise(page: Page, who: Person): Promise<void> {
  await expect(page.getByRole('heading', heading)).toHaveText('Pay without thinking of it')
  await page.getByLabel('Your full name').fill(who.name)
  await page.getByRole('checkbox', { name: /^I authorise these collections/ }).check()
  await page.getByRole('button', { name: 'Go on to the payment company' }).click()
  await expect(page.getByRole('heading', heading)).toHaveText('Sandbox payment company')
}

async function give(page: Page, method: string): Promise<void> {
  await page.getByRole('radio', { name: method, exact: true }).check()
  await page.getByRole('button', { name: 'Give permission' }).click()
  await expect(page.getByRole('heading', heading)).toHaveText('Your payments are collected on their days')
}

for (const { name, javaScriptEnabled, allows, leaves } of browsers) {
  test.describe(name, () => {
    test.use({ javaScriptEnabled })

    test('it is allowed, the card is changed, and one press stops it', async ({ page, portal }) => {
      const who = newcomer(portal, allows)
      const account = await signIn(page, portal.url, who)
      const agreement = await agree(page, account, who)
      const part = page.getByRole('region', { name: 'Pay without thinking of it' })
      await expect(part).toContainText('You do not have to: paying here yourself is just as good.')
      await part.getByRole('link', { name: 'See how that works' }).click()
      const main = page.getByRole('main')
      await expect(main).toContainText('If an amount would be more than listed, I am told in writing at least 10 days before.')
      await expect(page.getByRole('table')).toContainText('$50.00')
      // Nothing is ticked for anybody, and nothing typed is lost.
      await expect(page.locator('input:checked')).toHaveCount(0)
      await page.getByLabel('Your full name').fill(who.name)
      await page.getByRole('button', { name: 'Go on to the payment company' }).click()
      await expect(page.getByRole('alert').getByRole('link', { name: /^Tick the box if you authorise this/ })).toBeVisible()
      await expect(page.getByLabel('Your full name')).toHaveValue(who.name)
      await authorise(page, who)
      await give(page, 'Card: approved')
      await expect(main).toContainText('The next one is $50.00, on')
      await expectPdf(page, 'Your copy as a PDF')

      // Where they look next says so, too.
      await page.goto(account)
      await expect(main).toContainText('as you allowed. You can stop that any time until it is sent; to be sure, until the day before')
      await page.getByRole('link', { name: 'See or stop it' }).click()
      await expect(page).toHaveURL(`${agreement}#automatic`)
      await part.getByRole('link', { name: 'Use another card or account' }).click()
      await expect(main).toContainText('stays until the new one is in place')
      await authorise(page, who)
      await give(page, 'Bank account: takes a while, then succeeds')

      await page.goto(agreement)
      await part.getByRole('button', { name: 'Stop collecting now' }).click()
      await expect(page.getByRole('heading', heading)).toHaveText('Nothing is collected any more')
      await expect(main).toContainText('You stopped it on 22 November 2026. Your agreement stays as it is')
      await page.reload()
      await expect(page.getByRole('heading', heading)).toHaveText('Nothing is collected any more')
      await page.getByRole('link', { name: 'Back to the agreement' }).click()
      await expect(part.getByRole('link', { name: 'Set it up again' })).toBeVisible()
      await expect(page.getByRole('button', { name: 'Stop collecting now' })).toHaveCount(0)
    })

    test('whoever leaves the payment company’s page has allowed nothing', async ({ page, portal }) => {
      const who = newcomer(portal, leaves)
      const account = await signIn(page, portal.url, who)
      const agreement = await agree(page, account, who)
      await page.goto(`${agreement}/automatic`)
      await authorise(page, who)
      // They wander off and find their way back.
      await page.goto(`${agreement}/automatic`)
      await expect(page.getByRole('heading', heading)).toHaveText('One step is left')
      await page.getByRole('link', { name: 'Go on to the payment company’s page' }).click()
      await page.getByRole('button', { name: 'Cancel and go back' }).click()
      await expect(page.getByRole('heading', heading)).toHaveText('It was not set up')
      await page.getByRole('link', { name: 'Set it up again' }).click()
      await authorise(page, who)
      await page.goto(agreement)
      await page.getByRole('link', { name: 'See where it stands' }).click()
      await page.getByRole('button', { name: 'I do not want this after all' }).click()
      await expect(page.getByRole('heading', heading)).toHaveText('You took it back')
      await expect(page.getByRole('main')).toContainText('Nothing was set up and nothing is collected.')
    })
  })
}

/** The screen as it is, and the same in Spanish. */
async function inspect(page: Page): Promise<void> {
  for (const [language, other] of [['en', 'Español'], ['es', 'English']]) {
    await expect(page.locator('html')).toHaveAttribute('lang', language)
    await expect(page.getByRole('heading', heading)).toHaveCount(1)
    await expectNoSidewaysScrolling(page)
    await expectAccessible(page)
    await page.getByRole('button', { name: other }).click()
    await expect(page.locator('html')).not.toHaveAttribute('lang', language)
  }
}

test('every screen of it is accessible in both languages', async ({ page, portal }) => {
  test.setTimeout(120_000)
  const who = newcomer(portal, 'NG-900005')
  const account = await signIn(page, portal.url, who)
  const agreement = await agree(page, account, who)
  await inspect(page)
  await page.goto(`${agreement}/automatic`)
  await inspect(page)
  await page.getByRole('button', { name: 'Go on to the payment company' }).click()
  await expect(page.getByRole('alert')).toBeVisible()
  await inspect(page)
  await authorise(page, who)
  await page.goto(agreement)
  await inspect(page)
  await page.getByRole('link', { name: 'See where it stands' }).click()
  await inspect(page)
  await page.getByRole('link', { name: 'Go on to the payment company’s page' }).click()
  await give(page, 'Card: approved')
  await inspect(page)
  await page.goto(account)
  await inspect(page)
  await page.goto(agreement)
  await inspect(page)
  await page.getByRole('button', { name: 'Stop collecting now' }).click()
  await expect(page.getByRole('heading', heading)).toHaveText('Nothing is collected any more')
  await inspect(page)
  await say(page, account, { words: 'One payment is missing.' })
  await page.goto(`${agreement}/automatic`)
  await expect(page.getByRole('main')).toContainText('nothing can be set up here')
  await inspect(page)
})
