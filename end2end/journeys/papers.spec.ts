// How we may reach you, your documents, and everything about you: with and without JavaScript.
import { newcomer } from '../newcomer'
import { expect, expectAccessible, expectNoSidewaysScrolling, test } from '../portal'
import { agree, expectPdf, signIn } from '../steps'

const heading = { level: 1 } as const

const browsers = [
  { name: 'with JavaScript', javaScriptEnabled: true, reference: 'NG-900015' },
  { name: 'without JavaScript', javaScriptEnabled: false, reference: 'NG-900016' },
]

for (const { name, javaScriptEnabled, reference } of browsers) {
  test.describe(name, () => {
    test.use({ javaScriptEnabled })

    test('days, places and an adviser are said, kept and taken back', async ({ page, portal }) => {
      await signIn(page, portal.url, newcomer(portal, reference))
      await page.goto(`${portal.url}/you/contact`)
      await expect(page.getByRole('heading', heading)).toHaveText('How we may reach you')
      for (const day of ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday']) {
        await page.getByRole('checkbox', { name: day }).uncheck()
      }
      await page.getByLabel('Places where you do not want to hear from us').fill('At the bakery')
      await page.getByRole('button', { name: 'Keep this' }).click()
      await expect(page.getByRole('alert')).toContainText('Tick at least one day.')
      await expect(page.getByLabel('Places where you do not want to hear from us')).toHaveValue('At the bakery')
      await page.getByRole('checkbox', { name: 'Saturday' }).check()
      await page.getByRole('radio', { name: 'Do not call me' }).check()
      await page.getByRole('button', { name: 'Keep this' }).click()
      await expect(page.getByRole('main')).toContainText('This is kept.')
      await expect(page.getByRole('checkbox', { name: 'Saturday' })).toBeChecked()
      await expect(page.getByRole('checkbox', { name: 'Sunday' })).not.toBeChecked()
      expect(portal.command('contact', 'show', reference)).toContain('Suits them: sat; morning,afternoon,evening.')

      await page.getByRole('link', { name: 'Stop writing to me' }).click()
      await expect(page.getByRole('main')).toContainText('What still comes')
      await page.getByRole('button', { name: 'Stop writing to me from now on' }).click()
      await expect(page.getByRole('main')).toContainText('You asked us on')
      await page.getByRole('button', { name: 'You may write to me again' }).click()
      await expect(page.getByRole('main')).not.toContainText('You asked us on')

      await page.getByRole('link', { name: 'Speak to my attorney or adviser only' }).click()
      await page.getByLabel('Name of the attorney, adviser or firm').fill('Grace Hopper')
      await page.getByLabel('How we reach them').fill('555-0100')
      await page.getByRole('button', { name: 'Speak to them from now on' }).click()
      await expect(page.getByRole('main')).toContainText('with Grace Hopper only')
      await page.getByRole('button', { name: 'Speak to me again' }).click()
      await expect(page.getByRole('main')).not.toContainText('Grace Hopper')

      await page.getByRole('link', { name: 'Electronic or on paper' }).click()
      await page.getByRole('button', { name: 'Send me paper instead' }).click()
      await expect(page.getByRole('main')).toContainText('on paper, by post')
      await page.getByRole('checkbox', { name: /^I agree to this/ }).check()
      await page.getByRole('button', { name: 'Send me electronic documents' }).click()
      await expect(page.getByRole('main')).toContainText('You agreed to this on')
    })
  })
}

test('documents and everything about me', async ({ page, portal }) => {
  const who = newcomer(portal, 'NG-900017')
  const account = await signIn(page, portal.url, who)
  await page.goto(`${portal.url}/documents`)
  await expect(page.getByRole('main')).toContainText('Nothing has been issued to you yet.')
  await agree(page, account, who)
  await page.goto(`${portal.url}/documents`)
  await expect(page.getByRole('main')).toContainText('Your agreement, as you signed it')
  const link = await page.getByRole('link', { name: /^Get .+ \(PDF\)$/ }).first().textContent()
  await expectPdf(page, link ?? '')
  await page.setViewportSize({ width: 320, height: 640 })
  await expectNoSidewaysScrolling(page)
  await expectAccessible(page)
  const started = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Download everything about me' }).click()
  const download = await started
  expect(download.suggestedFilename()).toMatch(/^everything-\d{4}-\d{2}-\d{2}\.zip$/)
  expect(await download.failure()).toBeNull()
})
