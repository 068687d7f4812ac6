// The plan journey with the keyboard alone: everything is reached with Tab, in order, and is seen to have the focus.
import type { Locator, Page } from '@playwright/test'
import { person } from '../people'
import { expect, test } from '../portal'
import { untilLive } from '../steps'

async function tabTo(page: Page, target: Locator): Promise<void> {
  for (let step = 0; step < 60; step++) {
    await page.keyboard.press('Tab')
    if (await target.evaluate((element) => element === document.activeElement)) {
      const outline = await target.evaluate((element) => {
        const style = getComputedStyle(element)
        return { visible: style.outlineStyle !== 'none' || style.boxShadow !== 'none' }
      })
      expect(outline, 'the focus is seen').toEqual({ visible: true })
      return
    }
  }
  throw new Error(`Tab does not lead to ${target}`)
}

test('a plan is made and signed with the keyboard alone', async ({ page, portal }) => {
  const who = person('NG-000131')
  await page.goto(portal.url)
  await page.keyboard.press('Tab')
  await expect(page.getByRole('link', { name: 'Skip to the page' })).toBeFocused()
  await page.keyboard.press('Enter')
  await tabTo(page, page.getByRole('main').getByRole('link', { name: 'Sign in' }))
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/sign-in/)
  for (const [label, text] of [
    ['Your reference', who.reference], ['Month', who.born.month], ['Day', who.born.day], ['Year', who.born.year],
    ['Your postal code', who.postalCode],
  ]) {
    await tabTo(page, page.getByLabel(label))
    await page.keyboard.type(text)
  }
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Where you stand')
  await tabTo(page, page.getByRole('link', { name: /^Pay in steps/ }))
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Ways forward')
  await tabTo(page, page.getByRole('article').filter({ hasText: 'Catch up in steps' }).getByRole('link'))
  await page.keyboard.press('Enter')
  await untilLive(page)
  await tabTo(page, page.getByLabel('Every week'))
  await page.keyboard.press('ArrowDown')
  await expect(page.getByLabel('Every two weeks')).toBeChecked()
  await tabTo(page, page.getByLabel('How much each time?'))
  await page.keyboard.type('12.50')
  const plan = page.getByRole('region', { name: 'What this plan looks like' })
  await expect(plan).toContainText('2 payments')
  await tabTo(page, page.getByRole('slider'))
  await page.keyboard.press('ArrowLeft')
  await expect(page.getByLabel('How much each time?')).not.toHaveValue('')
  await tabTo(page, page.getByRole('button', { name: 'Check this plan' }))
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Check your answers')
  await tabTo(page, page.getByRole('link', { name: 'Read it and sign' }))
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Read and sign')
  await tabTo(page, page.getByRole('button', { name: 'Sign this agreement' }))
  await page.keyboard.press('Enter')
  // The list of what to put right has the focus; its links lead to the fields.
  await expect(page.getByRole('alert')).toBeFocused()
  await tabTo(page, page.getByRole('link', { name: 'Type your full name to sign.' }))
  await page.keyboard.press('Enter')
  await expect(page.getByLabel('Your full name')).toBeFocused()
  await page.keyboard.type(who.name)
  await page.keyboard.press('Shift+Tab')
  await page.keyboard.press('Shift+Tab')
  await expect(page.getByRole('checkbox', { name: /electronically/ })).toBeFocused()
  await page.keyboard.press('Space')
  await tabTo(page, page.getByRole('button', { name: 'Sign this agreement' }))
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('It is agreed')
})
