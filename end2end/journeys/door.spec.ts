// Coming in, and what anyone may see before.
import { person, type Person } from '../people'
import { expect, test } from '../portal'
import { answerWhoTheyAre, signIn } from '../steps'

const heading = { level: 1 } as const
/** Words that would tell a passer-by what this is about. */
const telling = /\b(debts?|owe[ds]?|owing|balance|past due|overdue|arrears|loan|lender|creditor|collect\w*|credit union|northgate|harbor water)\b/i

test('wrong answers all get the same reply, and keep what was typed', async ({ page, portal }) => {
  const who = person('NG-000023')
  const wrong: Person[] = [
    { ...who, reference: 'NG-999999' },
    { ...who, born: { ...who.born, day: '7' } },
    { ...who, postalCode: '30338' },
  ]
  const replies: string[] = []
  for (const answers of wrong) {
    await page.goto(`${portal.url}/sign-in`)
    await answerWhoTheyAre(page, answers)
    await expect(page).toHaveURL(/\/sign-in\?again=/)
    replies.push(`${await page.title()}\n${await page.getByRole('main').innerText()}`)
    await expect(page.getByLabel('Your reference')).toHaveValue(answers.reference)
    await expect(page.getByLabel('Year')).toHaveValue(answers.born.year)
    await expect(page.getByLabel('Your postal code')).toHaveValue(answers.postalCode)
  }
  expect(replies[0]).toContain("These answers don't match what we have.")
  expect(new Set(replies).size).toBe(1)
})

test('missing answers are named, each with a link to its field', async ({ page, portal }) => {
  await page.goto(`${portal.url}/sign-in`)
  await page.getByRole('main').getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByRole('alert').getByRole('link')).toHaveCount(3)
  await page.getByRole('link', { name: 'Enter your postal code' }).click()
  await expect(page.getByLabel('Your postal code')).toBeFocused()
})

test('a link opens once, with the date of birth', async ({ page, portal, browser }) => {
  const who = person('NG-002917')
  const link = portal.command('link', who.reference).match(/http:\/\/\S+/)?.[0] ?? ''
  const path = new URL(link).pathname
  const answer = async (day: string) => {
    await page.getByLabel('Month').fill(who.born.month)
    await page.getByLabel('Day').fill(day)
    await page.getByLabel('Year').fill(who.born.year)
    await page.getByRole('button', { name: 'Open' }).click()
  }
  await page.goto(portal.url + path)
  await expect(page.getByRole('heading', heading)).toHaveText('One more thing')
  expect(await page.locator('body').innerText()).not.toMatch(telling)
  await answer('1')
  await expect(page.getByRole('alert')).toContainText("This date doesn't match what we have.")
  await answer(who.born.day)
  await expect(page.getByRole('heading', heading)).toHaveText('Where you stand')
  await expect(page.getByRole('main')).toContainText(who.reference)

  const somebodyElse = await browser.newPage()
  await somebodyElse.goto(portal.url + path)
  await expect(somebodyElse.getByRole('heading', heading)).toHaveText('This link no longer works')
  await somebodyElse.close()
})

test('whoever cannot get in reaches a person', async ({ page, portal }) => {
  await page.goto(`${portal.url}/sign-in`)
  await page.getByRole('link', { name: "I can't get in" }).click()
  await expect(page.getByRole('heading', heading)).toHaveText('Reach a person')
  await page.getByRole('button', { name: 'Send to a person' }).click()
  await expect(page.getByRole('alert').getByRole('link')).not.toHaveCount(0)
  await page.getByRole('radio', { name: 'I moved' }).check()
  await page.getByLabel('How can we reach you?').fill('someone@example.net')
  await page.getByLabel('What should we know?').fill('I live in another town now.')
  await page.getByRole('button', { name: 'Send to a person' }).click()
  await expect(page.getByRole('heading', heading)).toHaveText('We have your message')
  await expect(page.getByRole('main')).toContainText('A person will answer by')
})

test('whoever got a message meant for somebody else need not say who they are', async ({ page, portal }) => {
  await page.goto(`${portal.url}/contact`)
  await page.getByRole('radio', { name: 'This is not for me' }).check()
  await page.getByLabel('What should we know?').fill('Your message came to the wrong number.')
  await page.getByRole('button', { name: 'Send to a person' }).click()
  await expect(page.getByRole('heading', heading)).toHaveText('We have your message')
})

test('before signing in nothing tells what it is about', async ({ page, portal }) => {
  for (const path of ['/', '/sign-in', '/contact', '/link/gone', '/signed-out', '/verify']) {
    const answer = await page.goto(portal.url + path)
    expect(await page.content(), path).not.toMatch(telling)
    expect(JSON.stringify(await answer?.allHeaders()), path).not.toMatch(telling)
  }
})

test('every page of an account asks to sign in first, and then goes on there', async ({ page, portal }) => {
  const who = person('NG-000051')
  const account = await signIn(page, portal.url, who)
  await page.getByRole('button', { name: 'Sign out' }).click()
  await expect(page.getByRole('heading', heading)).toHaveText('You are signed out')
  await page.goBack()
  await expect(page.getByRole('main')).not.toContainText(who.reference)
  await page.goto(`${account}/options`)
  await expect(page).toHaveURL(/\/sign-in\?next=/)
  expect(await page.content()).not.toMatch(telling)
  await answerWhoTheyAre(page, who)
  await expect(page.getByRole('heading', heading)).toHaveText('Ways forward')
})

test('another account is not theirs to see', async ({ page, portal, browser }) => {
  const who = person('NG-013971')
  const account = await signIn(page, portal.url, who)
  const stranger = await browser.newPage()
  await signIn(stranger, portal.url, person('NG-003379'))
  for (const step of ['', '/history', '/options', '/options/catch-up', '/check', '/pay', '/sign', '/message/other']) {
    await stranger.goto(account + step)
    expect(await stranger.content(), step).not.toContain(who.reference)
    expect(stranger.url(), step).not.toContain(account)
  }
  await stranger.close()
})

test('Spanish, from the first screen to where they stand', async ({ page, portal }) => {
  await page.goto(portal.url)
  await page.getByRole('button', { name: 'Español' }).click()
  await expect(page.locator('html')).toHaveAttribute('lang', 'es')
  await page.goto(`${portal.url}/sign-in`)
  await expect(page.locator('html')).toHaveAttribute('lang', 'es')
  // A customer of the second sample creditor.
  await page.locator('[name=reference]').fill('00014723')
  await page.getByLabel('Día').fill('10')
  await page.getByLabel('Mes').fill('6')
  await page.getByLabel('Año').fill('1968')
  await page.locator('[name=postal_code]').fill('55440')
  await page.getByRole('main').getByRole('button', { name: 'Entrar' }).click()
  await expect(page).toHaveURL(/\/account$/)
  await expect(page.locator('html')).toHaveAttribute('lang', 'es')
  await expect(page.getByRole('main')).toContainText('1,389.57')
  await page.getByRole('button', { name: 'English' }).click()
  await expect(page).toHaveURL(/\/account$/)
  await expect(page.getByRole('heading', heading)).toHaveText('Where you stand')
})
