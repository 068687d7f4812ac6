// The time-out: announced two minutes before, and typing is activity.
import { person } from '../people'
import { expect, test } from '../portal'
import { signIn } from '../steps'

test('the end of a session is announced, and typing puts it off', async ({ page, portal }) => {
  const account = await signIn(page, portal.url, person('NG-000187'))
  await page.clock.install()
  await page.goto(`${account}/message/changed`)
  const dialog = page.getByRole('alertdialog')
  const seconds = Number(await page.locator('#session-warning').getAttribute('data-seconds'))
  const toTheWarning = (seconds - 120) * 1000

  await page.clock.fastForward(toTheWarning - 60_000)
  await expect(dialog).toBeHidden()
  const asked = page.waitForResponse(/\/api\/extend_session$/)
  await page.getByRole('textbox').first().fill('My hours were cut')
  expect((await asked).ok()).toBe(true)
  // When it would have come, it does not; what was typed is still there.
  await page.clock.fastForward(90_000)
  await expect(dialog).toBeHidden()
  await expect(page.getByRole('textbox').first()).toHaveValue('My hours were cut')

  await page.clock.fastForward(toTheWarning)
  await expect(dialog).toBeVisible()
  await expect(dialog).toContainText('will be lost')
  await dialog.getByRole('button', { name: 'Stay signed in' }).click()
  await expect(dialog).toBeHidden()
})
