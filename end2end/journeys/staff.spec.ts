// Coming in to work: the first time, the second step, an administrator adds a colleague, and what is not open to a role.
import type { Page } from '@playwright/test'
import { codeOf } from '../authenticator'
import { expect, expectAccessible, expectNoSidewaysScrolling, test, type Portal } from '../portal'

const heading = { level: 1 } as const

// A code counts once: some steps wait for the next thirty seconds.
test.describe.configure({ timeout: 180_000 })

const browsers = [
  { name: 'with JavaScript', javaScriptEnabled: true },
  { name: 'without JavaScript', javaScriptEnabled: false },
]

function add(portal: Portal, email: string, role: string): string {
  const told = portal.command('staff', 'add', email, '--name', `Person of ${role}`, '--role', role)
  return told.match(/Password: (\S+)/)?.[1] ?? ''
}

async function signIn(page: Page, portal: Portal, email: string, password: string): Promise<void> {
  await page.goto(`${portal.url}/staff`)
  await page.getByLabel('Your e-mail address').fill(email)
  await page.getByLabel('Your password').fill(password)
  await page.getByRole('button', { name: 'Go on to the second step' }).click()
}

for (const { name, javaScriptEnabled } of browsers) {
  test.describe(name, () => {
    test.use({ javaScriptEnabled })

    async function inspect(page: Page): Promise<void> {
      await expect(page.getByRole('heading', heading)).toHaveCount(1)
      if (!javaScriptEnabled) return
      await expectNoSidewaysScrolling(page)
      await expectAccessible(page)
    }

    /** The steps of the first time; what the authenticator holds, and the recovery codes. */
    async function firstTime(page: Page, portal: Portal, email: string, made: string, own: string) {
      await signIn(page, portal, email, made)
      await expect(page.getByRole('heading', heading)).toHaveText('Choose your own password')
      await inspect(page)
      await page.getByLabel('New password').fill('short')
      await page.getByRole('button', { name: 'Use this password' }).click()
      await expect(page.getByRole('alert')).toContainText('at least 12')
      await page.getByLabel('New password').fill(own)
      await page.getByRole('button', { name: 'Use this password' }).click()
      await expect(page.getByRole('heading', heading)).toHaveText('Set up your authenticator')
      await expect(page.locator('main svg')).toBeVisible()
      await inspect(page)
      const secret = (await page.locator('main code').textContent()) ?? ''
      await page.getByLabel('The code it shows now').fill(codeOf(secret))
      await page.getByRole('button', { name: 'Use this authenticator' }).click()
      await expect(page.getByRole('heading', heading)).toHaveText('Keep your recovery codes')
      await inspect(page)
      const codes = await page.locator('main code').allTextContents()
      await page.getByRole('button', { name: 'I have kept them' }).click()
      return { secret, codes }
    }

    test('an administrator comes in, adds a colleague, and keeps them out', async ({ page, portal, browser }) => {
      const email = `ada-${javaScriptEnabled ? 1 : 2}@staff.example`
      const own = 'lantern gravel sparrow moss'
      const { codes } = await firstTime(page, portal, email, add(portal, email, 'administrator'), own)
      await expect(page.getByRole('main')).toContainText('You work here as administrator.')
      await inspect(page)
      await page.getByRole('link', { name: 'People who work here' }).click()
      await inspect(page)
      await page.getByRole('link', { name: 'Add a person' }).click()
      await inspect(page)
      await page.getByRole('button', { name: 'Add this person' }).click()
      await expect(page.getByRole('alert')).toBeVisible()
      await inspect(page)
      const colleague = `bo-${javaScriptEnabled ? 1 : 2}@staff.example`
      await page.getByLabel('Their e-mail address').fill(colleague)
      await page.getByLabel('Their name').fill('Bo Ek')
      await page.getByRole('radio', { name: 'support agent' }).check()
      await page.getByRole('button', { name: 'Add this person' }).click()
      await expect(page.getByRole('main')).toContainText('Give them this password')
      await inspect(page)
      const made = (await page.locator('main code').textContent()) ?? ''
      const person = new URL(page.url()).pathname

      const theirs = await browser.newContext({ javaScriptEnabled })
      const there = await theirs.newPage()
      await firstTime(there, portal, colleague, made, 'sparrow moss lantern gravel')
      await expect(there.getByRole('main')).toContainText('You work here as support agent.')
      await there.goto(`${portal.url}/staff/people`)
      await expect(there.getByRole('heading', heading)).toHaveText('This is not open to your role')
      await inspect(there)

      await page.goto(portal.url + person)
      await page.getByRole('button', { name: 'Keep this person out' }).click()
      await expect(page.getByRole('main')).toContainText('signed out everywhere')
      await there.goto(`${portal.url}/staff`)
      await expect(there.getByRole('heading', heading)).toHaveText('Sign in to work')
      await theirs.close()

      await page.getByRole('button', { name: 'Sign out' }).click()
      await expect(page.getByRole('main')).toContainText('You are signed out.')
      await signIn(page, portal, email, own)
      await expect(page.getByRole('heading', heading)).toHaveText('Show the second step')
      await inspect(page)
      await page.getByLabel('Code').fill('000000')
      await page.getByRole('main').getByRole('button', { name: 'Sign in' }).click()
      await expect(page.getByRole('alert')).toContainText('does not match')
      await inspect(page)
      await page.getByLabel('Code').fill(codes[0] ?? '')
      await page.getByRole('main').getByRole('button', { name: 'Sign in' }).click()
      await expect(page.getByRole('main')).toContainText('You work here as administrator.')
      for (const path of ['/staff/you', '/staff/you/password', '/staff/you/authenticator', '/staff/you/recovery-codes']) {
        await page.goto(portal.url + path)
        await inspect(page)
      }
    })
  })
}

test('with the keyboard alone, and in Spanish', async ({ page, portal }) => {
  const made = add(portal, 'teclado@staff.example', 'auditor')
  await page.goto(`${portal.url}/staff/sign-in`)
  await page.getByRole('button', { name: 'Español' }).click()
  await expect(page.getByRole('heading', heading)).toHaveText('Entrar para trabajar')
  await page.getByLabel('Su dirección de correo').focus()
  await page.keyboard.type('teclado@staff.example')
  await page.keyboard.press('Tab')
  await page.keyboard.type(made)
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', heading)).toHaveText('Elija su propia contraseña')
  await expectAccessible(page)
})
