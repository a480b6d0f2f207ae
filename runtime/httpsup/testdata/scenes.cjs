// Looks at the demo in a browser, and takes its pictures: node scenes.cjs CHROMIUM DOCS|"" ADDRESS of "minute", "three", "forty", "thousands", "stop", "pool".
// Those for the manual go to DOCS; with SHOTS, a folder, all are kept there.
const assert = require('node:assert/strict');
const path = require('node:path');
const {chromium} = require('playwright-core');
const axe = require('axe-core').source;

const [executablePath, docs, minute, three, forty, thousands, stop, pool] = process.argv.slice(2);
const inDocs = ['bad-minute', 'stop'];
const sizes = {wide: [1440, 900], zoomed: [720, 450], phone: [390, 844]};

async function main(browser) {
  const problems = [];
  const open = async (address, size = 'wide', colorScheme = 'light') => {
    const [width, height] = sizes[size];
    const page = await browser.newPage({viewport: {width, height}, deviceScaleFactor: size === 'wide' ? 1 : 2, colorScheme});
    page.setDefaultTimeout(60000);
    page.on('pageerror', e => problems.push(e.stack));
    page.on('console', m => { if (m.type() === 'error') problems.push(m.text()); });
    await page.goto(`http://${address}/`);
    return page;
  };
  const has = (page, selector, text) => page.locator(selector).filter({hasText: text}).first().waitFor();
  const shot = async (page, name, options) => {
    const text = await page.evaluate(() => document.body.innerText);
    assert.doesNotMatch(text, /undefined|NaN|\[object|null/, name);
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${name} is wider than the screen`);
    await page.evaluate(axe);
    const {violations} = await page.evaluate("axe.run({rules: {'target-size': {enabled: true}}})");
    assert.deepEqual(violations.map(v => `${name}: ${v.help}: ${v.nodes.map(n => n.target).join()}`), []);
    const to = docs && inDocs.includes(name) ? docs : process.env.SHOTS;
    await page.screenshot({...options, ...(to && {path: path.join(to, name + '.png')})});
  };
  const fails = page => has(page, '#notice', /Shop\.DB fails.*tried \d+ times.*Next try in \d/s);

  // A bad minute, in every shape.
  for (const [name, ...how] of [['bad-minute', minute], ['bad-minute-dark', minute, 'wide', 'dark'], ['phone', minute, 'phone', 'dark'], ['zoomed', minute, 'zoomed'], ['three', three], ['forty', forty]]) {
    const page = await open(...how);
    await fails(page);
    await shot(page, name, {fullPage: name !== 'bad-minute-dark'});
    await page.close();
  }
  const many = await open(thousands, 'wide', 'dark');
  await fails(many);
  await shot(many, 'thousands');
  const nodes = await many.evaluate(() => document.querySelectorAll('*').length);
  assert.ok(nodes < 2500, `${nodes} elements for thousands of children`);
  assert.match(await many.textContent('#rows'), /Shop.*DB/s);
  await many.locator('#rows tr').nth(1).focus();
  await many.keyboard.press('End');
  await many.waitForFunction(() => /Stock|Mail|Reports/.test(document.activeElement.textContent)); // the last one, of some 2,000
  assert.ok(await many.evaluate(() => document.querySelectorAll('*').length) < 2500);
  await has(many, '#drawing', 'too many to draw. This is what is around DB');
  assert.ok(await many.locator('td.lane rect.unknown').count(), 'lost events leave no gap');
  await many.screenshot({...(process.env.SHOTS && {path: path.join(process.env.SHOTS, 'end.png')})});

  // A child that says that it is not ready is the cause, and what it says stands there.
  const away = await open(pool);
  await has(away, '#notice', /Shop\.DB is not ready: .*connection refused.*Not ready for/s);
  await away.locator('[data-path="Shop.DB"]').click();
  await has(away, '#detail', /not ready for.*Why it is not ready.*connection refused.*external/s);
  assert.doesNotMatch(await away.textContent('#detail'), /Last failure/);
  await away.locator('[data-path="Shop"]').click();
  await has(away, '#detail', /DB not ready – the cause.*connection refused/s);
  await shot(away, 'not-ready');
  await away.close();

  // Dynamic children are behind a row with their number.
  await many.close();
  const first = await open(minute);
  await has(first, '[data-path="Shop.Session"]', /\d+ of 120 not ready|120 ready/);
  assert.equal(await first.locator('[data-path^="Shop.Session["]').count(), 0);
  await first.locator('[data-path="Shop.Session"]').click();
  await first.locator('[data-path="Shop.Session"]').press('ArrowRight');
  assert.ok(await first.locator('[data-path^="Shop.Session["]').count() > 10);
  await shot(first, 'dynamic');
  await first.getByRole('button', {name: 'Since', exact: true}).click();
  await shot(first, 'sorted');

  // The past is that of a moment, and what was before all is unknown.
  await first.getByRole('button', {name: 'Since', exact: true}).click();
  await first.locator('#time').fill('300');
  await has(first, '#notice', 'This is the state at');
  await shot(first, 'past');
  await first.locator('#window').selectOption('14400');
  await first.locator('#time').fill('0');
  await first.keyboard.press('Escape');
  await has(first, '#end', 'now');

  // A stop in progress: what is not down yet, how long it may take, and where what is stuck stands.
  const last = await open(stop);
  await has(last, '#summary', 'running, ready');
  await last.locator('[data-path=Shop]').click();
  await last.locator('#why').fill('a new version');
  await last.getByRole('button', {name: 'Shut down the tree'}).click();
  await last.getByRole('button', {name: /press again/}).click();
  await has(last, '#notice', 'Shop.Export is stuck');
  await has(last, '#notice', /HTTP\[0\] was asked \d+s ago, and is given up in/);
  await last.locator('#notice').getByRole('button', {name: 'Shop.Export'}).click();
  await has(last, '#detail pre', 'main.deaf');
  await shot(last, 'stop');

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
