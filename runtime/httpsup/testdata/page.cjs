// Drives the page in a browser, as a person would: node page.cjs URL CHROMIUM. It exits with 1 and says what was not as expected.
// POST to fail, beside the page, fails Shop.DB; streams is how many streams of events there are.
const assert = require('node:assert/strict');
const {chromium} = require('playwright-core');
const axe = require('axe-core').source;

const [url, executablePath] = process.argv.slice(2);
const hostile = /<img src=x onerror=/;

async function main(browser) {
  const context = await browser.newContext({viewport: {width: 1440, height: 900}, acceptDownloads: true});
  const problems = [];
  context.on('page', page => {
    page.on('pageerror', e => problems.push(e.stack));
    page.on('console', m => { if (m.type() === 'error' && !m.text().includes('403')) problems.push(m.text()); }); // the refusal below
    page.on('request', r => { if (!r.url().startsWith(url) && !r.url().startsWith('blob:')) problems.push(`${r.url()} was asked for`); });
    page.on('dialog', d => problems.push(`a dialog says ${d.message()}`));
  });
  context.setDefaultTimeout(10000);
  const page = await context.newPage();
  const row = path => page.locator(`#rows tr[data-path="${path}"]`);
  const has = (selector, text, timeout = 10000, on = page) => on.locator(selector).filter({hasText: text}).first().waitFor({timeout});
  const focused = () => page.evaluate(() => document.activeElement.dataset.path ?? document.activeElement.id);
  const press = name => page.getByRole('button', {name, exact: true}).click();
  const fail = () => page.request.post(url + 'fail');
  const tab = async to => { for (let i = 0; i < 40 && await focused() !== to; i++) await page.keyboard.press('Tab'); assert.equal(await focused(), to); };

  // accessible holds what is seen to WCAG, in light and dark.
  const accessible = async () => {
    await page.evaluate(axe);
    for (const colorScheme of ['light', 'dark']) {
      await page.emulateMedia({colorScheme});
      const {violations} = await page.evaluate("axe.run({rules: {'target-size': {enabled: true}}})");
      assert.deepEqual(violations.map(v => `${colorScheme}: ${v.help}: ${v.nodes.map(n => n.target + ' ' + n.failureSummary).join()}`), []);
    }
    await page.emulateMedia({colorScheme: 'light'});
  };

  await page.goto(url);
  await has('#summary', 'running, ready');
  await has('#link', 'live');

  // What a screen reader is told: count the changes, to hold them to a sentence in five seconds.
  await page.evaluate(() => {
    window.spoken = [];
    new MutationObserver(() => spoken.push([performance.now(), document.getElementById('spoken').textContent])).observe(document.getElementById('spoken'), {childList: true, characterData: true, subtree: true});
  });

  // The database fails: within a second the page says so. A slow machine has more than one try.
  for (let i = 1; ; i++) {
    await fail();
    try { await has('#notice', 'Shop.DB fails', 1000); break; } catch (e) { if (i === 5) throw e; }
    await has('#notice', 'Shop.DB fails');
    await page.request.post(url + 'recover');
    await has('#summary', 'running, ready');
  }
  // It says why, what was decided, what follows, and when the next try is, in a countdown.
  const notice = await page.textContent('#notice');
  for (const said of [hostile, /Decided: restart after 1h/, /Next try in \d+m/, /1 child waits for it: HTTP/]) assert.match(notice, said);
  assert.match(await row('Shop.HTTP').textContent(), /because of DB/);
  await has('#detail', 'Select DB to give it commands'); // the cause is shown by itself
  assert.match(await page.locator('#drawing').innerHTML(), /edge broken/);

  // By keyboard alone: to the row, whose focus survives what happens, and to the details.
  await tab('Shop');
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
  await accessible();

  // A command needs a reason, which survives updates while it is typed; a refusal is readable; what is done is among the events. All by keyboard.
  const button = async name => { for (let i = 0; i < 40 && await page.evaluate(() => document.activeElement.textContent) !== name; i++) await page.keyboard.press('Tab'); await page.keyboard.press('Enter'); };
  await button('Restart');
  await has('#detail .answer', 'Say why first');
  assert.equal(await focused(), 'why');
  await page.keyboard.type('new <img src=x onerror=alert(3)> certificate', {delay: 30});
  assert.match(await page.inputValue('#why'), /^new .* certificate$/);
  await button('Quarantine');
  await has('#detail .answer', 'Refused: you may not do that.');
  await page.locator('#detail').focus();
  await button('Restart');
  await has('#detail .answer', 'Done: restart.');
  await has('#summary', 'running, ready');
  assert.doesNotMatch(await page.textContent('#notice'), /Shop\.DB/, 'the failure is over');
  await page.getByText('Events', {exact: true}).click();
  await has('#detail .events', 'restart by ada <img src=x onerror=alert(2)>: new <img src=x onerror=alert(3)> certificate');

  // The past: as it was while the database was down, by the keys of the slider. It is read-only.
  await page.locator('#time').focus();
  let then = '';
  for (let i = 0; i < 400 && !then.includes('Shop.DB fails'); i++) {
    for (let j = 0; j < 20; j++) await page.keyboard.press('ArrowLeft');
    await page.waitForTimeout(150);
    then = await page.textContent('#notice');
  }
  assert.match(then, /This is the state at .*Shop\.DB fails/);
  assert.match(await page.textContent('#summary'), /not ready/);
  assert.equal(await page.locator('#why').count(), 0, 'a command can be given to the past');
  await page.keyboard.press('Home'); // what was before all that is kept
  await page.keyboard.press('Escape');
  await has('#summary', 'running, ready');

  // A command is about the child that is selected.
  await row('Shop.HTTP').click();
  await has('#detail h2', 'Shop.HTTP');
  await page.locator('#why').fill('the right one');
  await press('Restart');
  await has('#detail .events', 'the right one');
  await row('Shop.DB').click();
  await has('#detail h2', 'Shop.DB');

  // What an operator took down is the cause too, with who and why.
  await page.locator('#why').fill('moving the disk');
  await press('Stop');
  await has('#notice', 'Shop.DB is stopped by hand: stop by ada');
  await has('#notice', '“moving the disk”');
  await has('#notice', '1 child waits for it: HTTP');
  await page.locator('#why').fill('moved');
  await press('Start');
  await has('#summary', 'running, ready');

  // What children say is text: key, tag, error, stack, who and why.
  await page.locator('#filter').fill('<img');
  await row('Shop.Conn').waitFor();
  await row('Shop.Conn').click();
  await page.locator('#filter').fill('');
  await has('#rows tr[data-path="Shop.Conn"]', '3 ready');
  await page.keyboard.press('Escape');
  await page.locator('#rows tr').first().focus();
  await page.keyboard.press('End');
  const conn = page.locator('#rows tr[data-path^="Shop.Conn["]');
  if (!await conn.count()) await row('Shop.Conn').locator('.fold').click();
  await conn.nth(2).waitFor();
  assert.equal(await conn.count(), 3);
  await conn.filter({hasText: hostile}).click();
  await has('#detail dl', '<img src=x onerror=alert(4)>'); // a tag
  await row('Shop.Mail').click();
  await has('#detail', 'mail: <img src=x onerror=alert(5)>');
  await page.getByText('Stack', {exact: true}).click();
  await has('#detail pre', 'page_browser_test.go');
  await press('Stacks of its goroutines');
  await has('#detail [role=status]', /Shop.Mail, as of|Refused/);
  assert.equal(await page.locator('img').count(), 0, 'what a child said became an element');

  // Sorted by state, what fails comes first; again, and it is the tree.
  await press('State');
  await page.locator('#rows .space:first-child + [data-path="Shop.Mail"]').waitFor();
  assert.equal(await page.locator('[data-sort=state]').getAttribute('aria-sort'), 'ascending');
  await press('State');
  await page.locator('#rows .space:first-child + [data-path="Shop"]').waitFor();

  // The report of the incident, as text and JSON, with and without a clipboard.
  await press('Report');
  assert.match(await page.inputValue('dialog textarea'), /Shop at [\s\S]*Last events:[\s\S]*moving the disk/);
  await context.grantPermissions([]);
  await press('Copy');
  await has('dialog [role=status]', /Copied|selected/);
  const [download] = await Promise.all([page.waitForEvent('download'), press('Download JSON')]);
  const json = JSON.parse(require('node:fs').readFileSync(await download.path(), 'utf8'));
  assert.ok(json.children.length > 3 && json.events.some(e => e.audit?.why === 'moved') && json.declarations.length > 3);
  assert.match(download.suggestedFilename(), /^Shop-.*\.json$/);
  await accessible();
  await page.keyboard.press('Escape');
  assert.equal(await focused(), 'report');

  // The tabs of a page share one stream, a hidden one has none, and one that is shown again knows what it missed.
  const streams = async n => { for (let i = 0; ; i++) { const m = await (await page.request.get(url + 'streams')).text(); if (m === String(n)) return; assert.ok(i < 100, `there are ${m} streams, not ${n}`); await page.waitForTimeout(100); } };
  const hide = (p, hidden) => p.evaluate(hidden => { Object.defineProperty(document, 'hidden', {value: hidden, configurable: true}); document.dispatchEvent(new Event('visibilitychange')); }, hidden);
  const other = await context.newPage();
  await other.goto(url + '#Shop.DB');
  await has('#link', 'live', 10000, other);
  await streams(1);
  await fail();
  await has('#notice', 'Shop.DB fails', 10000, other);
  await has('#notice', 'Shop.DB fails');
  await hide(page, true);
  await streams(1);
  await page.request.post(url + 'recover');
  await has('#summary', 'running, ready', 10000, other);
  assert.match(await page.textContent('#notice'), /Shop\.DB fails/, 'a hidden page follows');
  await hide(other, true);
  await streams(0);
  await hide(page, false);
  await has('#summary', 'running, ready');
  await streams(1);
  await page.locator('#rows tr').first().focus();
  await row('Shop.DB').click();
  await page.getByText('Events', {exact: true}).click();
  await has('#detail .events li', 'restart by ada: it is back');
  await other.close();

  // Lost events are a gap in a lane, behind which is what the next event says, and what no event says is unknown.
  const plain = await context.newPage();
  await plain.goto(url + 'state');
  const lane = await plain.evaluate(async url => {
    const {clear, log, pieces, record} = await import(url + 'events.js');
    const said = [], at = (sequence, t, from, to, more) => record({sequence, time: new Date(1000 * t).toISOString(), path: 'S.A', kind: 'transition', from, to, ...more});
    const lost = (sequence, t) => record({sequence, time: new Date(1000 * t).toISOString(), path: 'S', kind: 'lost', lost: 5});
    const tell = (life, since) => said.push(pieces(log.lanes.get('S.A'), life, 1000 * since, 10000, 100000).map(([a, b, state]) => `${a / 1000}-${b / 1000} ${state}`).filter(p => !/^(.*)-\1 /.test(p)).join(', '));
    at(1, 10, 'declared', 'starting');
    at(2, 11, 'starting', 'ready');
    for (let i = 0; i < 5; i++) lost(20 + 10 * i, 50 + i / 10); // a storm
    at(100, 80, 'ready', 'restarting', {kind: 'failed'});
    at(101, 90, 'restarting', 'ready');
    tell('ready', 90);
    record({sequence: 102, time: new Date(92000).toISOString(), path: 'S', kind: 'health'});
    lost(200, 94);
    tell('ready', 90);
    tell('ready', 93);
    record({sequence: 201, time: new Date(96000).toISOString(), path: 'S', kind: 'health'});
    lost(210, 97);
    tell('ready', 96);
    clear(); // what is lost at the moment of a step is lost before it
    lost(5, 10);
    record({sequence: 10, time: new Date(60000).toISOString(), path: 'S', kind: 'health'});
    lost(20, 60);
    at(21, 60, 'failed', 'restarting');
    tell('restarting', 60);
    return said;
  }, url);
  const before = '10-11 starting, 11-50.4 undefined, 50.4-80 ready, 80-90 restarting, ';
  assert.deepEqual(lane, ['90-100 ready', '90-92 ready, 92-94 undefined, 94-100 ready', '90-92 ready, 92-94 undefined, 94-100 ready',
    '90-92 ready, 92-97 undefined, 97-100 ready'].map(l => before + l).concat('10-60 undefined, 60-100 restarting'));
  await plain.close();

  // Motion is reduced, where asked for.
  await fail();
  await has('#notice', 'Shop.DB fails');
  const moves = () => page.evaluate(() => document.getAnimations().length);
  assert.ok(await moves() > 0);
  await page.emulateMedia({reducedMotion: 'reduce'});
  assert.equal(await moves(), 0);

  // On a phone, and at 200 % on a laptop, nothing is wider than the screen; dark is dark.
  for (const [width, height] of [[720, 450], [390, 844]]) {
    await page.setViewportSize({width, height});
    await page.waitForTimeout(300);
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `the page is wider than ${width}`);
    await accessible();
  }
  await page.emulateMedia({colorScheme: 'dark'});
  assert.match(await page.evaluate(() => getComputedStyle(document.body).backgroundColor), /^rgb\(\d\d, \d\d, \d\d\)$/);
  const heard = await page.evaluate('spoken');
  assert.ok(heard.length > 1 && heard.every(([t], i) => !i || t - heard[i - 1][0] > 4900), `spoken: ${JSON.stringify(heard)}`);
  assert.ok(heard.every(([, said]) => !/\bin \d/.test(said)), 'a countdown is spoken');

  // A server that is gone is said to be.
  await page.request.post(url + 'away').catch(() => {});
  await has('#link', 'Not connected', 20000);

  assert.deepEqual(problems.filter(p => !/ERR_|Failed to load/.test(p)), []);
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
