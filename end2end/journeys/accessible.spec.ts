// Every screen: nothing for axe to find in light and dark, in English and Spanish; one heading; nothing wider than 320 px.
import type { Page } from '@playwright/test'
import { newcomer } from '../newcomer'
import { person } from '../people'
import { expect, expectAccessible, expectNoSidewaysScrolling, test } from '../portal'
import { agree, answerWhoTheyAre, choosePlan, comeIn, goAndPay, payAs, signIn, untilLive } from '../steps'

const heading = { level: 1 } as const

// A test looks at a dozen screens, each twice.
test.describe.configure({ timeout: 120_000 })

async function inspectInOneLanguage(page: Page, language: 'en' | 'es'): Promise<void> {
  await expect(page.locator('html')).toHaveAttribute('lang', language)
  await expect(page.getByRole('heading', heading)).toHaveCount(1)
  expect(await page.title()).not.toMatch(/[<>]|^\s*·/)
  await expectNoSidewaysScrolling(page)
  await expectAccessible(page)
}

/** The screen as it is, the same in the other language, and back. */
async function inspect(page: Page): Promise<void> {
  const path = new URL(page.url()).pathname
  for (let turn = 0; turn < 2; turn++) {
    const language = await page.locator('html').getAttribute('lang') === 'es' ? 'es' : 'en'
    await inspectInOneLanguage(page, language)
    await page.getByRole('button', { name: language === 'es' ? 'English' : 'Español' }).click()
    await expect(page.locator('html')).not.toHaveAttribute('lang', language)
    // Choosing a language leads nowhere else.
    expect(new URL(page.url()).pathname).toBe(path)
  }
}

test('the door', async ({ page, portal }) => {
  for (const path of ['/', '/sign-in', '/staff/sign-in', '/contact', '/link/gone', '/signed-out', '/verify', '/stop/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA']) {
    await test.step(path, async () => {
      await page.goto(portal.url + path)
      await inspect(page)
    })
  }
})

test('the door when something is to be put right', async ({ page, portal }) => {
  await page.goto(`${portal.url}/sign-in`)
  await page.getByRole('main').getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByRole('alert')).toBeVisible()
  await inspect(page)
  await page.goto(`${portal.url}/sign-in`)
  await answerWhoTheyAre(page, { ...person('NG-000023'), postalCode: '10000' })
  await expect(page.getByRole('alert')).toBeVisible()
  await inspect(page)
  await page.goto(`${portal.url}/contact`)
  await page.getByRole('button', { name: 'Send to a person' }).click()
  await expect(page.getByRole('alert')).toBeVisible()
  await inspect(page)
  await page.goto(`${portal.url}/contact`)
  await page.getByRole('radio', { name: 'This is not for me' }).check()
  await page.getByLabel('What should we know?').fill('Wrong number.')
  await page.getByRole('button', { name: 'Send to a person' }).click()
  await expect(page.getByRole('heading', heading)).toHaveText('We have your message')
  await inspect(page)
  await page.goto(`${portal.url}/verify`)
  await page.getByLabel('Check code or fingerprint').fill('4413 6FA3 55B3 678A')
  await page.getByRole('button', { name: 'Check this code' }).click()
  await inspect(page)
  await page.goto(portal.url + new URL(portal.command('link', 'NG-002219').match(/http:\S+/)?.[0] ?? '').pathname)
  await inspect(page)
})

test('the building blocks', async ({ page, portal }) => {
  await comeIn(page, portal.url, person('NG-000187'))
  await page.goto(`${portal.url}/components`)
  await expect(page.getByRole('heading', heading)).toHaveText('Building blocks')
  await inspect(page)
})

test.describe('an address that is not there', () => {
  test.use({ tolerated: /404/ })
  test('has its page', async ({ page, portal }) => {
    await page.goto(`${portal.url}/nothing-here`)
    await inspectInOneLanguage(page, 'en')
  })
})

test('where I stand', async ({ page, portal }) => {
  const account = await signIn(page, portal.url, person('NG-005925'))
  await inspect(page)
  for (const step of ['/history', '/statement', '/statement?from=2026-11-20&to=2026-11-01', '/options', '/message/changed', '/dispute', '/letters']) {
    await test.step(step, async () => {
      await page.goto(account + step)
      await inspect(page)
    })
  }
  await page.goto(`${account}/dispute`)
  await page.getByRole('button', { name: 'Check it before sending' }).click()
  await expect(page.getByRole('alert')).toBeVisible()
  await inspect(page)
  await page.getByRole('radio', { name: 'The amount is wrong' }).check()
  await page.getByRole('radio', { name: 'A part of it' }).check()
  await page.getByLabel('Which part?').fill('20')
  await page.getByLabel('In your own words').fill('One payment is missing.')
  await page.getByRole('button', { name: 'Check it before sending' }).click()
  await expect(page.getByRole('heading', heading)).toHaveText('Check it before you send it')
  await inspect(page)
  await page.getByRole('button', { name: 'Send this to us' }).click()
  await expect(page.getByRole('heading', heading)).toHaveText('We are looking into it')
  await inspect(page)
  await page.goto(`${account}/letters`)
  await page.getByRole('radio', { name: 'The original creditor' }).check()
  await page.getByRole('button', { name: 'Make this letter' }).click()
  await expect(page.getByRole('heading', { name: 'Your letters' })).toBeVisible()
  await inspect(page)
  await page.goto(`${account}/pay`)
  await expect(page.getByRole('main')).toContainText('Nothing you pay here goes to it')
  await inspect(page)
  await page.goto(`${account}/options`)
  await inspect(page)
  // On hold now.
  await page.goto(account)
  await inspect(page)
})

test('how I sign in', async ({ page, portal }) => {
  await comeIn(page, portal.url, person('NG-005925'))
  for (const path of ['/you/signing-in', '/you/signing-in/devices']) {
    await test.step(path, async () => {
      await page.goto(portal.url + path)
      await inspect(page)
    })
  }
  await page.goto(`${portal.url}/you/signing-in`)
  await page.getByRole('button', { name: 'Set this password' }).click()
  await expect(page.getByRole('alert')).toBeVisible()
  await inspect(page)
})

test('several accounts, eight months behind, ten cents', async ({ page, portal }) => {
  await comeIn(page, portal.url, person('NG-000143'))
  await expect(page.getByRole('heading', heading)).toHaveText('Your accounts')
  await inspect(page)
  // One payment over both: nothing filled in, what is wrong, the check page.
  await page.getByRole('link', { name: 'Pay on several accounts at once' }).click()
  await expect(page.getByRole('heading', heading)).toHaveText('Pay on several accounts at once')
  for (const field of await page.getByLabel('Amount for').all()) await expect(field).toHaveValue('')
  await inspect(page)
  await page.getByRole('button', { name: 'Check before paying' }).click()
  await expect(page.getByRole('alert')).toBeVisible()
  await inspect(page)
  for (const field of await page.getByLabel('Amount for').all()) await field.fill('20')
  await page.getByRole('button', { name: 'Check before paying' }).click()
  await expect(page.getByRole('button', { name: 'Pay $40.00 now' })).toBeVisible()
  await inspect(page)
  await page.goto(`${portal.url}/account`)
  for (const reference of ['NG-002917', 'NG-013971']) {
    await page.getByRole('button', { name: 'Sign out' }).click()
    const account = await signIn(page, portal.url, person(reference))
    await inspect(page)
    await page.goto(`${account}/options`)
    await inspect(page)
  }
  // Less than the payment company moves: no way that leads nowhere, but whom to call.
  await page.goto(`${portal.url}/account`)
  await expect(page.getByRole('heading', { name: '$0.10 is too small to pay online' })).toBeVisible()
  await expect(page.locator('main a[href$="/pay"], main a[href*="/options"]')).toHaveCount(0)
})

test('choosing', async ({ page, portal }) => {
  const account = await signIn(page, portal.url, person('NG-000051'))
  await page.goto(`${account}/options/plan`)
  await untilLive(page)
  await inspect(page)
  await choosePlan(page, '400')
  await expect(page.getByRole('region', { name: 'What this plan looks like' })).toContainText('You pay')
  await inspectInOneLanguage(page, 'en')
  await page.getByLabel('How much each time?').fill('0.10')
  await inspectInOneLanguage(page, 'en')
  await page.getByLabel('How much each time?').fill('')
  await page.getByRole('button', { name: 'Check this plan' }).click()
  await expect(page.getByRole('alert').first()).toBeVisible()
  await inspect(page)
  for (const step of ['later-date', 'promise']) {
    await page.goto(`${account}/options/${step}`)
    await inspect(page)
    await page.getByRole('button', { name: 'Check this' }).click()
    await expect(page.getByRole('alert')).toBeVisible()
    await inspect(page)
  }
})

test('signing', async ({ page, portal }) => {
  const who = person('NG-000055')
  const account = await signIn(page, portal.url, who)
  await page.goto(`${account}/options/catch-up`)
  await untilLive(page)
  await choosePlan(page, '50')
  await page.getByRole('button', { name: 'Check this plan' }).click()
  await expect(page.getByRole('heading', heading)).toHaveText('Check your answers')
  await inspect(page)
  await page.getByRole('link', { name: 'Read it and sign' }).click()
  await inspect(page)
  await page.getByRole('button', { name: 'Sign this agreement' }).click()
  await expect(page.getByRole('alert')).toBeVisible()
  await inspect(page)
  await page.getByLabel('Your full name').fill(who.name)
  await page.getByRole('checkbox', { name: /electronically/ }).check()
  await page.getByRole('button', { name: 'Sign this agreement' }).click()
  await expect(page.getByRole('heading', heading)).toHaveText('It is agreed')
  await inspect(page)
  await page.goto(account)
  await inspect(page)
  await page.goto(`${account}/pay`)
  await inspect(page)
})

test('changing an agreement', async ({ page, portal }) => {
  const who = newcomer(portal, 'NG-900006')
  const agreement = await agree(page, await signIn(page, portal.url, who), who)
  const imagined = ['', '?if=more&amount=20', '?if=miss&number=2', '?if=less', '?if=once'].map((asked) => `/what-if${asked}`)
  for (const step of [...imagined, '/change', '/change/move', '/change/skip', '/change/pause', '/change/replan', '/end']) {
    await test.step(step, async () => {
      await page.goto(agreement + step)
      await inspect(page)
    })
  }
  // Refused, with the nearest that is possible.
  await page.goto(`${agreement}/change/replan`)
  await page.getByLabel('How much each time?').fill('5')
  await page.getByRole('textbox', { name: 'Month' }).fill('12')
  await page.getByRole('textbox', { name: 'Day' }).fill('4')
  await page.getByRole('textbox', { name: 'Year' }).fill('2026')
  await page.getByRole('button', { name: 'See what changes' }).first().click()
  await expect(page.getByRole('alert')).toContainText('That is less than one payment can be')
  await inspect(page)
  await page.getByRole('region', { name: 'What this changes' }).getByRole('button').first().click()
  await expect(page.getByRole('heading', heading)).toHaveText('Check and sign the change')
  await inspect(page)
  await page.getByRole('button', { name: 'Sign the change' }).click()
  await expect(page.getByRole('alert')).toBeVisible()
  await inspect(page)
})

test('another account joins an agreement', async ({ page, portal }) => {
  const who = newcomer(portal, 'NG-900070', 'NG-900071')
  const agreement = await agree(page, await signIn(page, portal.url, who), who)
  await page.goto(`${agreement}/change`)
  await inspect(page)
  await page.goto(`${agreement}/add-account`)
  await inspect(page)
  await page.getByRole('button', { name: 'See what changes' }).first().click()
  await expect(page.getByRole('heading', heading)).toHaveText('Check your answers')
  await inspect(page)
})

test('asking for a hardship review', async ({ page, portal }) => {
  const who = newcomer(portal, 'NG-900011')
  const account = await signIn(page, portal.url, who)
  await page.goto(`${account}/hardship`)
  await inspect(page)
  await page.getByRole('button', { name: 'Keep it and go on' }).click()
  await expect(page.getByRole('alert')).toBeVisible()
  await inspect(page)
  await page.getByRole('radio', { name: 'Illness or an accident' }).check()
  await page.getByRole('checkbox', { name: /^Remember what I chose/ }).check()
  await page.getByLabel('In your own words').fill('Three months in hospital.')
  await page.getByRole('button', { name: 'Keep it and go on' }).click()
  await page.getByLabel('Wages', { exact: true }).fill('much')
  await page.getByRole('button', { name: 'Add it up' }).click()
  await expect(page.getByRole('alert')).toBeVisible()
  await inspect(page)
  await page.getByLabel('Wages', { exact: true }).fill('1200')
  await page.getByRole('button', { name: 'Add it up' }).click()
  await inspect(page)
  await page.goto(`${account}/hardship/check`)
  await inspect(page)
  await page.getByRole('button', { name: 'Send it' }).click()
  await expect(page.getByRole('heading', heading)).toHaveText('Your request')
  await inspect(page)
  // What the reviewer does, and what is seen of it.
  const reference = page.url().split('/').pop() ?? ''
  const written = ['--by', 'Rosa', '--text', 'Could you send us a letter from the hospital?']
  portal.command('hardship', 'ask', reference, ...written)
  await page.reload()
  await inspect(page)
  portal.command('hardship', 'decline', reference, '--by', 'Rosa', '--text', 'We could not see it.', '--reason', 'not-shown')
  await page.reload()
  await inspect(page)
  await page.getByRole('button', { name: 'Ask for another look' }).click()
  await expect(page.getByRole('alert')).toBeVisible()
  await inspect(page)
  await page.getByLabel('What should we look at again?').fill('The letter is on its way.')
  await page.getByRole('button', { name: 'Ask for another look' }).click()
  const opened = ['--payments-from', '5.00', '--longest-months', '48', '--pause-days', '60', '--settle-discount', '30']
  portal.command('hardship', 'approve', reference, '--by', 'Sam', '--text', 'We are sorry.', '--waive', 'fees', ...opened)
  await page.reload()
  await expect(page.getByText('Your request is approved.')).toBeVisible()
  await inspect(page)
  await page.getByRole('link', { name: /^See the ways forward/ }).click()
  await inspect(page)
  await page.goto(`${account}/hardship`)
  await inspect(page)
})

test('what is mine: reaching me, and documents', async ({ page, portal }) => {
  await comeIn(page, portal.url, person('NG-000187'))
  const screens = ['/you/contact', '/you/contact/consent/texts', '/you/contact/consent/documents', '/you/contact/stop', '/you/contact/adviser', '/documents']
  for (const path of screens) {
    await test.step(path, async () => {
      await page.goto(portal.url + path)
      await inspect(page)
    })
  }
  await page.goto(`${portal.url}/you/contact/adviser`)
  await page.getByRole('main').getByRole('button').click()
  await expect(page.getByRole('alert')).toBeVisible()
  await inspect(page)
})

test('my details', async ({ page, portal }) => {
  await signIn(page, portal.url, newcomer(portal, 'NG-900062'))
  for (const path of ['/you/details', '/you/details/email', '/you/details/phone', '/you/details/address', '/you/details/name']) {
    await test.step(path, async () => {
      await page.goto(portal.url + path)
      await inspect(page)
    })
  }
  await page.goto(`${portal.url}/you/details/phone`)
  await page.getByRole('button', { name: 'Keep this number' }).click()
  await expect(page.getByRole('alert')).toBeVisible()
  await inspect(page)
  await page.goto(`${portal.url}/you/details/email`)
  await page.getByLabel('New e-mail address').fill('somebody@new.example')
  await page.getByRole('button', { name: 'Send the code' }).click()
  await expect(page.getByLabel('Code', { exact: true })).toBeVisible()
  await inspect(page)
  await page.getByRole('button', { name: 'Make this my e-mail address' }).click()
  await expect(page.getByRole('alert')).toBeVisible()
  await inspect(page)
  await page.goto(`${portal.url}/you/details/address`)
  await page.getByLabel('Street and number').fill('2 Elm St')
  await page.getByRole('button', { name: 'Check the new address' }).click()
  await inspect(page)
  await page.getByRole('button', { name: 'Change my address' }).click()
  await expect(page.getByRole('main')).toContainText('Your postal address is changed.')
  await inspect(page)
})

test('messages with the team, and how it was', async ({ page, portal }) => {
  await signIn(page, portal.url, person('NG-000187'))
  await page.goto(`${portal.url}/messages`)
  await inspect(page)
  await page.goto(`${portal.url}/messages/new`)
  await inspect(page)
  await page.getByRole('button', { name: 'Send this to a person' }).click()
  await expect(page.getByRole('alert')).toBeVisible()
  await inspect(page)
  await page.getByRole('radio', { name: 'My details, such as my address' }).check()
  await page.getByLabel('A title, in your own words').fill('I am moving to a longer address than most people have')
  await page.getByLabel('Your message').fill('From the first of December.\n\nThank you.')
  await page.getByRole('button', { name: 'Add papers or photos first' }).click()
  await expect(page.getByRole('heading', heading)).toHaveText('Check it before you send it')
  await inspect(page)
  await page.getByRole('button', { name: 'Send this to a person' }).click()
  await expect(page.getByRole('heading', heading)).toHaveText('We have your message')
  await inspect(page)
  const number = (await page.getByRole('main').textContent())?.match(/M-[0-9A-Z]{4}-[0-9A-Z]{4}/)?.[0] ?? ''
  portal.command('message', 'answer', number, '--by', 'Ines', '--text', 'Written down.')
  await page.goto(`${portal.url}/messages`)
  await inspect(page)
  await page.goto(`${portal.url}/messages/${number}`)
  await inspect(page)
  await page.getByLabel('Your message').fill('Thank you.')
  await page.getByRole('button', { name: 'Add papers or photos first' }).click()
  await expect(page.getByRole('heading', heading)).toHaveText('Check it before you send it')
  await inspect(page)
  await page.getByRole('button', { name: 'Throw this away' }).click()
  await expect(page.getByRole('heading', heading)).toHaveText('Messages')
  portal.command('message', 'close', number, '--by', 'Ines')
  await page.goto(`${portal.url}/messages/${number}`)
  await inspect(page)
  await page.getByRole('link', { name: /Two questions, if you like/ }).click()
  await expect(page.getByRole('heading', heading)).toHaveText('Two questions, if you like')
  await inspect(page)
  await page.getByRole('button', { name: 'Send my answers' }).click()
  await expect(page.getByRole('alert')).toBeVisible()
  await inspect(page)
})

test('paying', async ({ page, portal }) => {
  const account = await signIn(page, portal.url, person('NG-000091'))
  await page.goto(`${account}/pay`)
  await inspect(page)
  await page.getByRole('button', { name: 'Check before paying' }).click()
  await expect(page.getByRole('alert')).toBeVisible()
  await inspect(page)
  await goAndPay(page, account, { amount: '21' })
  await inspectInOneLanguage(page, 'en')
  await payAs(page, 'Card: declined, the bank gives no reason')
  await expect(page.getByRole('heading', heading)).toHaveText('This payment did not go through')
  await inspect(page)
  await goAndPay(page, account, { amount: '22' })
  await payAs(page, 'Card: the bank asks to confirm')
  await inspectInOneLanguage(page, 'en')
  await page.goto(account)
  await page.getByRole('link', { name: 'See this payment' }).click()
  await inspect(page)
  await page.getByRole('link', { name: 'Go on to the payment page' }).click()
  await page.getByRole('button', { name: 'Yes, this is my payment' }).click()
  await expect(page.getByRole('heading', heading)).toHaveText('Paid: $22.00')
  await inspect(page)
  await page.goto(`${account}/pay`)
  await page.getByRole('radio', { name: 'Another amount' }).check()
  await page.getByLabel('Your amount').fill('23')
  await page.getByRole('button', { name: 'Check before paying' }).click()
  await inspect(page)
  await page.getByRole('button', { name: /^Pay \$/ }).click()
  await payAs(page, 'Bank account: takes a while, then succeeds')
  await expect(page.getByRole('heading', heading)).toHaveText('Your payment is on its way')
  await inspect(page)
})

test('paying: unknown', async ({ page, portal }) => {
  const account = await signIn(page, portal.url, person('NG-002363'))
  await goAndPay(page, account, { amount: '24' })
  await payAs(page, 'Card: charged, but the payment company stops answering')
  await inspectInOneLanguage(page, 'en')
  await page.getByRole('link', { name: 'Back to the portal' }).click({ timeout: 5_000 })
  await expect(page.getByRole('heading', heading)).toHaveText('We do not know yet')
  await inspect(page)
})

test('paying: cancelled and settled', async ({ page, portal }) => {
  const settled = await signIn(page, portal.url, person('NG-006435'))
  await goAndPay(page, settled, { choice: /^(Everything you owe|What is past due)/ })
  await page.getByRole('button', { name: 'Cancel and go back' }).click()
  await expect(page.getByRole('heading', heading)).toHaveText('You cancelled this payment')
  await inspect(page)
  await goAndPay(page, settled, { choice: /^(Everything you owe|What is past due)/ })
  await payAs(page, 'Card: approved')
  await expect(page.getByRole('heading', heading)).toHaveText('Paid: $3.30')
  await inspect(page)
  for (const step of ['', '/options', '/pay']) {
    await page.goto(settled + step)
    await inspect(page)
  }
})

test('stopping e-mail in one step', async ({ page, portal }) => {
  const who = person('NG-000849')
  const account = await signIn(page, portal.url, who)
  await goAndPay(page, account, { amount: '11' })
  await payAs(page, 'Card: approved')
  await expect(page.getByRole('heading', heading)).toHaveText('Paid: $11.00')
  const [receipt] = portal.command('contact', 'log', who.reference, '--json').trim().split('\n')
  const link = portal.command('outbox', 'show', JSON.parse(receipt).id).match(/http:\S+\/stop\/\S+/)?.[0] ?? ''
  await page.goto(portal.url + new URL(link).pathname)
  await inspect(page)
  await page.getByRole('button', { name: 'Stop e-mail' }).click()
  await expect(page.getByRole('heading', heading)).toHaveText('E-mail is stopped')
  await inspect(page)
  await page.goto(account)
  await expect(page.getByText('You have stopped e-mail.')).toBeVisible()
})

test('others: telling us, letting somebody help, coming in to help', async ({ page, portal }) => {
  for (const path of ['/told-us', '/helper', '/helper/invitation/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA', '/told-us/received/LE-2222-2222']) {
    await page.goto(portal.url + path)
    await inspect(page)
  }
  await page.goto(`${portal.url}/told-us`)
  await page.getByRole('button', { name: 'Tell us' }).click()
  await expect(page.getByRole('alert')).toBeVisible()
  await inspect(page)
  await signIn(page, portal.url, person('NG-005925'))
  for (const path of ['/you/helpers', '/you/helpers/add']) {
    await page.goto(portal.url + path)
    await inspect(page)
  }
})
