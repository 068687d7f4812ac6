// My details: a phone number at once, a postal address after a look, an e-mail address by the code that went there.
import type { Page } from '@playwright/test'
import { newcomer } from '../newcomer'
import { expect, test } from '../portal'
import { signIn } from '../steps'

const heading = { level: 1 } as const

/** The newest code that the sandbox took for a mailbox; empty where there is none. */
async function newestCode(page: Page, url: string): Promise<string> {
  const messages = await (await page.request.get(`${url}/sandbox-messages`)).text()
  return /Your code: (\d{6})/.exec(messages)?.[1] ?? ''
}

/** The code that came after this one: others use the same sandbox. */
async function codeAfter(page: Page, url: string, before: string): Promise<string> {
  await expect.poll(() => newestCode(page, url), { timeout: 30_000 }).not.toBe(before)
  return newestCode(page, url)
}

const browsers = [
  { name: 'with JavaScript', javaScriptEnabled: true, reference: 'NG-900060' },
  { name: 'without JavaScript', javaScriptEnabled: false, reference: 'NG-900061' },
]

for (const { name, javaScriptEnabled, reference } of browsers) {
  test.describe(name, () => {
    test.use({ javaScriptEnabled })

    test('a customer corrects what we have', async ({ page, portal }) => {
      await signIn(page, portal.url, newcomer(portal, reference))
      await page.goto(`${portal.url}/you`)
      await page.getByRole('link', { name: /^My details/ }).click()
      await expect(page.getByRole('heading', heading)).toHaveText('My details')

      await page.getByRole('link', { name: 'Change your phone number' }).click()
      await page.getByLabel('New phone number').fill('call me')
      await page.getByRole('button', { name: 'Keep this number' }).click()
      await expect(page.getByRole('alert')).toContainText('Enter a phone number with its area code')
      await expect(page.getByLabel('New phone number')).toHaveValue('call me')
      await page.getByLabel('New phone number').fill('303 555 0199')
      await page.getByRole('button', { name: 'Keep this number' }).click()
      await expect(page.getByRole('main')).toContainText('Your phone number is changed.')
      await expect(page.getByRole('main')).toContainText('+13035550199')

      await page.getByRole('link', { name: 'Change your e-mail address' }).click()
      const email = `${reference.toLowerCase()}@new.example`
      await page.getByLabel('New e-mail address').fill(email)
      const before = await newestCode(page, portal.url)
      await page.getByRole('button', { name: 'Send the code' }).click()
      await expect(page.getByRole('main')).toContainText(`We sent a code to ${email}.`)
      const first = await codeAfter(page, portal.url, before)
      await page.getByLabel('Code', { exact: true }).fill(first === '000000' ? '111111' : '000000')
      await page.getByRole('button', { name: 'Make this my e-mail address' }).click()
      await expect(page.getByRole('alert')).toContainText('This is not the code we sent last.')
      await page.getByLabel('Code', { exact: true }).fill(first)
      await page.getByRole('button', { name: 'Make this my e-mail address' }).click()
      await expect(page.getByRole('main')).toContainText('This is your e-mail address now.')
      await expect(page.getByRole('main')).toContainText(email)

      await page.getByRole('link', { name: 'Change your postal address' }).click()
      await page.getByLabel('Street and number').fill('2 Elm St')
      await page.getByRole('button', { name: 'Check the new address' }).click()
      await expect(page.getByRole('heading', heading)).toHaveText('Is this your new address?')
      await expect(page.getByRole('main')).toContainText('2 Elm St')
      await page.getByRole('button', { name: 'Change my address' }).click()
      await expect(page.getByRole('main')).toContainText('Your postal address is changed.')
      await expect(page.getByRole('main')).toContainText('Your creditor will be told.')

      await page.getByRole('link', { name: 'Change your name' }).click()
      await page.getByRole('link', { name: 'Write to us about it' }).click()
      await expect(page).toHaveURL(/\/message\/details$/)
    })
  })
}
