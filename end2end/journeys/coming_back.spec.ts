// Coming back: a password, a passkey, where one is signed in, and leaving a phone that others use.
import { newcomer } from '../newcomer'
import { expect, expectAccessible, expectNoSidewaysScrolling, test } from '../portal'
import { signIn } from '../steps'

const heading = { level: 1 } as const
const PASSWORD = 'harbour lamp quiet tide'

const browsers = [
  { name: 'with JavaScript', javaScriptEnabled: true, reference: 'NG-900018' },
  { name: 'without JavaScript', javaScriptEnabled: false, reference: 'NG-900019' },
]

for (const { name, javaScriptEnabled, reference } of browsers) {
  test.describe(name, () => {
    test.use({ javaScriptEnabled })

    test('a password is set, lets its customer in, and leaving clears the phone', async ({ page, portal }) => {
      const who = newcomer(portal, reference)
      const account = await signIn(page, portal.url, who)
      await page.goto(`${portal.url}/you/signing-in`)
      await expect(page.getByRole('heading', heading)).toHaveText('How you sign in')
      await page.getByLabel('New password').fill('Password1234')
      await page.getByRole('button', { name: 'Set this password' }).click()
      await expect(page.getByRole('alert')).toContainText('guessed first')
      await page.getByLabel('New password').fill(PASSWORD)
      await page.getByRole('button', { name: 'Set this password' }).click()
      await expect(page.getByRole('main')).toContainText('Your password is set.')

      await page.getByRole('link', { name: 'Where you are signed in' }).click()
      await expect(page.getByRole('heading', heading)).toHaveText('Where you are signed in')
      await expect(page.getByRole('main')).toContainText('This is where you are now.')
      await expect(page.getByRole('table')).toContainText('Came in')

      await page.getByRole('button', { name: 'Leave and clear' }).click()
      await expect(page.getByRole('heading', heading)).toHaveText('You are signed out')
      expect(await page.context().cookies()).toEqual([])
      // Going back shows nothing of it.
      await page.goBack()
      await expect(page.getByRole('heading', heading)).not.toHaveText('Where you are signed in')

      await page.goto(`${portal.url}/sign-in`)
      await page.getByLabel('Your reference').fill(reference)
      await page.getByText('I have a password').click()
      await page.getByLabel('Your password').fill(PASSWORD)
      await page.getByRole('main').getByRole('button', { name: 'Sign in' }).click()
      await expect(page).toHaveURL(/\/account$/)
      await page.goto(account)
      await expect(page.getByRole('heading', heading)).toHaveText('Where you stand')
    })
  })
}

test('a passkey is added on this device and lets its customer in', async ({ page, portal }) => {
  const device = await page.context().newCDPSession(page)
  await device.send('WebAuthn.enable')
  const options = {
    protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true,
    automaticPresenceSimulation: true,
  } as const
  const { authenticatorId } = await device.send('WebAuthn.addVirtualAuthenticator', { options })
  const who = newcomer(portal, 'NG-900020')
  await signIn(page, portal.url, who)
  await page.goto(`${portal.url}/you/signing-in`)
  await page.getByRole('button', { name: 'Add a passkey on this device' }).click()
  await expect(page.getByRole('main')).toContainText('Your passkey is added.')
  await expectNoSidewaysScrolling(page)
  await expectAccessible(page)
  const { credentials } = await device.send('WebAuthn.getCredentials', { authenticatorId })
  expect(credentials.map((credential) => credential.rpId)).toEqual(['localhost'])
  // The same device is not added twice: the browser says so, and nothing is changed.
  await page.getByRole('button', { name: 'Add a passkey on this device' }).click()
  await expect(page.getByRole('alert')).toContainText('nothing was changed')

  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.goto(`${portal.url}/sign-in`)
  await page.getByRole('button', { name: 'Use a passkey' }).click()
  await expect(page).toHaveURL(/\/account$/)

  // Asked for every time, it is what opens the door.
  await page.goto(`${portal.url}/you/signing-in`)
  await page.getByRole('button', { name: 'Ask for it every time' }).click()
  await expect(page.getByRole('main')).toContainText('From now on we ask for it every time.')
  await page.getByRole('button', { name: /^Remove the passkey of/ }).click()
  await expect(page.getByRole('main')).toContainText('The passkey is removed here.')
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.goto(`${portal.url}/sign-in`)
  await page.getByRole('button', { name: 'Use a passkey' }).click()
  await expect(page.getByRole('main')).toContainText('That passkey did not work here.')
})
