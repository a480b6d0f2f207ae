// Drives the page in a browser, as a person would: node page.cjs URL CHROMIUM. It exits with 1 and says what was not as expected.
// With SHOTS, a folder, it keeps pictures there.
const assert = require('node:assert/strict');
const {chromium} = require('playwright-core');
const axe = require('axe-core').source; // which looks for what some people cannot use

const [url, executablePath] = process.argv.slice(2);

async function main(browser) {
  const page = await browser.newPage({viewport: {width: 1440, height: 900}});
  const problems = [];
  page.on('pageerror', e => problems.push(e.stack));
  page.on('console', m => { if (m.type() === 'error' && !m.text().includes('403')) problems.push(m.text()); }); // the refusal below
  page.on('request', r => { if (!r.url().startsWith(url)) problems.push(`${r.url()} was asked for`); });
  const shot = name => process.env.SHOTS && page.screenshot({path: `${process.env.SHOTS}/${name}.png`, fullPage: true});
  const row = path => page.locator(`#rows tr[data-path="${path}"]`);
  const has = (selector, text, timeout = 5000) => page.locator(selector).filter({hasText: text}).first().waitFor({timeout});
  const focused = () => page.evaluate(() => document.activeElement.dataset.path ?? document.activeElement.id);

  const accessible = async () => {
    await page.evaluate(axe);
    for (const colorScheme of ['light', 'dark']) {
      await page.emulateMedia({colorScheme});
      const {violations} = await page.evaluate('axe.run()');
      assert.deepEqual(violations.map(v => `${colorScheme}: ${v.help}: ${v.nodes.map(n => n.target).join()}`), []);
    }
  };

  await page.goto(url);
  await has('#summary', 'running, ready');
  await has('#link', 'live');

  // The database fails: within a second the page says so, why, what follows from it, and when the next try is.
  await page.request.post(url + 'fail');
  await has('#notice', 'Shop.DB fails', 1000);
  const notice = await page.textContent('#notice');
  for (const said of [/<img src=x onerror=/, /Next try in \d+m/, /1 child waits for it: Shop\.HTTP/]) assert.match(notice, said);
  assert.match(await row('Shop.HTTP').textContent(), /because of DB/);
  assert.equal(await page.locator('img').count(), 0, 'what a child said became an element');

  // By keyboard alone: to the row, whose focus survives what happens, and to the details.
  for (let i = 0; i < 20 && await focused() !== 'Shop'; i++) await page.keyboard.press('Tab');
  await page.keyboard.press('ArrowDown');
  assert.equal(await focused(), 'Shop.DB');
  await page.waitForTimeout(1500); // the page has come up to date
  assert.equal(await focused(), 'Shop.DB');
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('ArrowLeft');
  assert.deepEqual([await focused(), await row('Shop').getAttribute('aria-expanded'), await row('Shop.DB').count()], ['Shop', 'false', 0]);
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  assert.equal(await focused(), 'detail');
  await has('#detail', 'on error restart');
  await shot('down');
  await accessible();
  await page.emulateMedia({colorScheme: 'light'});

  // A command needs a reason, which survives updates while it is typed; a refusal is readable; what is done is among the events.
  const press = name => page.getByRole('button', {name, exact: true}).click();
  await press('Restart');
  await has('#detail .answer', 'Say why first');
  assert.equal(await focused(), 'why');
  await page.keyboard.type('new certificate', {delay: 100});
  assert.equal(await page.inputValue('#why'), 'new certificate');
  await press('Quarantine');
  await has('#detail .answer', 'Refused: you may not do that.');
  await press('Restart');
  await has('#detail .answer', 'Done: restart.');
  await has('#summary', 'running, ready');
  assert.ok(await page.isHidden('#notice'), 'the failure is over');
  await page.getByText('Events', {exact: true}).click();
  await has('#detail .events', 'restart by ada: new certificate');

  // The past: as it was while the database was down.
  let then = '';
  for (let at = 990; at > 0 && !then.includes('Shop.DB fails'); at -= 10) {
    await page.locator('#time').fill(String(at));
    await page.waitForTimeout(150);
    then = await page.textContent('#notice');
  }
  assert.match(then, /This is the state at .*Shop\.DB fails/);
  assert.match(await page.textContent('#summary'), /not ready/);
  await shot('past');
  await page.keyboard.press('Escape');
  await has('#summary', 'running, ready');

  // What an operator took down is the cause too, with who and why.
  await page.locator('#why').fill('moving the disk');
  await press('Stop');
  await has('#notice', 'Shop.DB is stopped by hand: stop by ada, “moving the disk”');
  await has('#notice', '1 child waits for it: Shop.HTTP');
  await page.locator('#why').fill('moved');
  await press('Start');
  await has('#summary', 'running, ready');

  // On a phone nothing is wider than the screen, and dark is dark.
  await page.setViewportSize({width: 390, height: 844});
  await page.emulateMedia({colorScheme: 'dark'});
  await page.waitForTimeout(300);
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'the page is wider than a phone');
  assert.match(await page.evaluate(() => getComputedStyle(document.body).backgroundColor), /^rgb\(\d\d, \d\d, \d\d\)$/);
  await shot('phone');
  await accessible();

  assert.deepEqual(problems, []);
}

(async () => {
  const browser = await chromium.launch({executablePath, args: ['--no-sandbox']});
  try {
    await main(browser);
  } finally {
    await browser.close();
  }
})().catch(e => {
  console.error(e);
  process.exit(1);
});
