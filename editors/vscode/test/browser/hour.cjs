// A person's hour with the extension, in VS Code: node hour.cjs SUPGEN EXTENSION.vsix CHROMIUM [SHOTS]. SUPGEN is the folder of supgen's
// module; NODE_PATH has code-server and playwright-core. It exits with 1 and says what was not as expected. In SHOTS it keeps pictures.
const {execFileSync, spawn} = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const {chromium} = require('playwright-core');

const [supgen, vsix, executablePath, shots] = process.argv.slice(2);
const home = fs.mkdtempSync(path.join(os.tmpdir(), 'hour-'));
const shop = path.join(home, 'shop');
const env = {...process.env, GOWORK: 'off', EXTENSIONS_GALLERY: '{}'}; // of no other place are extensions asked for

const read = name => fs.readFileSync(path.join(shop, name), 'utf8');
const write = (name, text) => fs.writeFileSync(path.join(shop, name), text);
const go = (...args) => execFileSync('go', args, {cwd: shop, stdio: 'pipe', env});

const tree = `package main

import "database/sql"

// Shop sells.
supervisor Shop {
	// DB owns the connections.
	service DB {
		provides *sql.DB
		ready    explicit within 10s
	}
}
`;

const main = `package main

import (
	"context"
	"database/sql"
	"os"
)

type App struct{}

func (a *App) DB(ctx context.Context, run ShopDBRun) error {
	run.Ready(new(sql.DB))
	<-ctx.Done()
	return nil
}

func main() {
	if err := NewShop(new(App)).Run(context.Background()); err != nil {
		os.Exit(1)
	}
}
`;

const settings = {
  'security.workspace.trust.enabled': false,
  'workbench.startupEditor': 'none',
  'workbench.layoutControl.enabled': false,
  'editor.minimap.enabled': false,
  'files.hotExit': 'off',
};

// prepare makes a module that has supgen as its tool.
function prepare() {
  fs.mkdirSync(shop);
  write('go.mod', `module example.com/shop

go 1.26

require github.com/supgen/supgen v0.0.0

replace github.com/supgen/supgen => ${supgen}

tool github.com/supgen/supgen/cmd/supgen
`);
  write('shop.sup', tree);
  write('main.go', main);
  write('lost.sim', 'until 1m\nat 10s Shop.DB error\n');
  go('mod', 'tidy', '-e');
  go('tool', 'supgen', 'generate', '.');
}

// serve starts VS Code with the extension, and returns its address.
function serve() {
  const program = [require.resolve('code-server/out/node/entry.js'),
    '--config', `${home}/config.yaml`, '--user-data-dir', `${home}/data`, '--extensions-dir', `${home}/extensions`];
  fs.mkdirSync(`${home}/data/User`, {recursive: true});
  fs.writeFileSync(`${home}/data/User/settings.json`, JSON.stringify(settings));
  execFileSync(process.execPath, [...program, '--install-extension', vsix], {stdio: 'pipe', env});
  const server = spawn(process.execPath, [...program, '--auth', 'none', '--bind-addr', '127.0.0.1:0', '--disable-telemetry', '--disable-update-check'],
    {detached: true, stdio: ['ignore', 'pipe', 'pipe'], env});
  process.on('exit', () => { try { process.kill(-server.pid); } catch {} }); // and all that it has started
  return new Promise((resolve, reject) => {
    let log = '';
    server.stderr.on('data', text => log += text);
    server.stdout.on('data', text => {
      log += text;
      const listening = /listening on (http:\S+)/.exec(log);
      if (listening) resolve(listening[1]);
    });
    server.on('exit', () => reject(new Error(log)));
  });
}

// until waits for what a function returns, and fails with what there is instead.
async function until(is, otherwise) {
  for (const end = Date.now() + 30000; ;) {
    const value = await is();
    if (value) return value;
    if (Date.now() > end) throw new Error(otherwise());
    await new Promise(resolve => setTimeout(resolve, 100));
  }
}

async function hour(page, url) {
  const began = Date.now();
  const done = what => console.log(`${((Date.now() - began) / 1000).toFixed(1)} s: ${what}`);
  const shot = async name => shots && page.screenshot({path: path.join(shots, `${name}.png`), animations: 'disabled'});

  const press = keys => page.keyboard.press(keys);
  const type = text => page.keyboard.type(text, {delay: 20});
  const has = (selector, text) => page.locator(selector).filter({hasText: text}).first().waitFor();
  const at = async (name, line) => {
    await page.locator(`.monaco-editor.focused[data-uri$="/${name}"]`).waitFor();
    if (line) await has('.statusbar', `Ln ${line},`);
  };
  const open = async name => { await page.locator(`.explorer-folders-view [aria-label="${name}"]`).dblclick(); await at(name); };
  const word = (line, text) => page.locator('.view-line').filter({hasText: line}).getByText(text, {exact: true}).first();
  const command = async name => {
    await press('F1');
    await type(name);
    await has('.quick-input-list .focused', name);
    await press('Enter');
  };
  const action = async title => { await press('Control+.'); await has('.action-widget .focused', title); await press('Enter'); };
  const saved = async (name, text) => { await press('Control+s'); await until(() => read(name).includes(text), () => `${name} is\n${read(name)}`); };
  // framed is the frame of a drawing that shows something.
  const framed = selector => until(async () => {
    for (const frame of page.frames()) {
      if (await frame.locator(selector).count().catch(() => 0)) return frame;
    }
  }, () => `nothing shows ${selector}`);

  await page.goto(`${url}?folder=${shop}`);
  await open('shop.sup');
  await page.getByText('limit 10 in 10m').waitFor(); // a hint of the language server
  done('opened');

  // A misspelt line has a squiggle, an explanation and a fix.
  await word('}', '}').click();
  await press('End');
  await type('\nservce HTTP needs DB');
  await page.locator('.squiggly-error').first().waitFor();
  await press('F8');
  await has('.marker-widget', 'unknown statement "servce"; did you mean "service"?');
  await shot('vscode-mistake');
  await press('Escape');
  await action('write service');
  await page.locator('.squiggly-error').first().waitFor({state: 'detached'});
  done('mended');

  // How a line goes on is offered unasked, and nothing behind its end.
  await press('End');
  await type(' {\nrestart ');
  await has('.suggest-widget', 'transient');
  await type('tr\n');
  await has('.view-line', 'restart transient');
  done('completed');

  // Under the pointer is what applies to a child.
  await page.getByText('Shop.HTTP restarts with it').waitFor();
  await until(async () => {
    await page.mouse.move(0, 0); // a lens may have moved the line from under the pointer
    await word('service HTTP', 'HTTP').hover();
    return page.locator('.monaco-hover', {hasText: 'limit 10 in 10m is spent after'}).waitFor({timeout: 3000}).then(() => true, () => false);
  }, () => 'nothing is shown under the pointer');
  await shot('vscode-hover');
  done('explained');

  // What is saved is formatted, and generated on request.
  await type('\nready explicit within   5s');
  await saved('shop.sup', '\t\trestart transient\n\t\tready   explicit within 5s\n');
  await command('supgen: Generate');
  await until(() => read('shop.sup.go').includes('ShopHTTPRun'), () => read('shop.sup.go'));
  done('generated');

  // The interface wants one method more. A lens and a declaration lead back to the tree.
  await open('main.go');
  await word('type App', 'App').click();
  await action('Write the missing methods of App: HTTP');
  await saved('main.go', 'func (a *App) HTTP(ctx context.Context, run ShopHTTPRun, db *sql.DB) error {');
  await page.getByText('service Shop.HTTP in shop.sup').click();
  await at('shop.sup', 12);
  await open('main.go');
  await word('func (a *App) DB', 'DB').click();
  await command('Go to Declaration');
  await at('shop.sup', 8);
  done('written');

  // A new name, everywhere at once.
  await word('service DB', 'DB').click();
  await press('F2');
  await page.locator('.rename-box input').fill('Store');
  await press('Enter');
  await has('.view-line', 'needs Store');
  await command('File: Save All');
  await saved('main.go', 'func (a *App) Store(ctx context.Context, run ShopStoreRun) error {');
  go('vet', '.');
  go('tool', 'supgen', 'generate', '--check', '.');
  done('renamed');

  // The graph follows the cursor, and leads to what is clicked.
  await command('supgen: Open Graph to the Side');
  const graph = await framed('svg');
  await graph.locator('g.here', {hasText: 'Shop.Store'}).waitFor();
  await shot('vscode-graph');
  await graph.locator('text', {hasText: 'HTTP'}).click();
  await at('shop.sup', 12);
  await graph.locator('g.here', {hasText: 'Shop.HTTP'}).waitFor();
  done('drawn');

  // A script still has the old name. What is saved is simulated again.
  await open('lost.sim');
  await command('supgen: Simulate');
  await framed('pre:text("there is no child \\"Shop.DB\\" in Shop")');
  await press('Control+a');
  await type('until 1m\nat 10s Shop.Store error');
  await saved('lost.sim', 'Shop.Store');
  await framed('text:text("error: restart")');
  await shot('vscode-simulation');
  done('simulated');
}

async function run() {
  prepare();
  const url = await serve();
  const browser = await chromium.launch({executablePath, args: ['--no-sandbox', '--disable-quic', '--disable-background-networking', '--disable-component-update', '--disable-sync']});
  const page = await browser.newPage({viewport: {width: 1100, height: 640}});
  page.setDefaultTimeout(30000);
  try {
    await hour(page, url);
  } catch (err) {
    await page.screenshot({path: path.join(shots ?? os.tmpdir(), 'failed.png')});
    throw err;
  } finally {
    await browser.close();
  }
}

run().then(() => { fs.rmSync(home, {recursive: true, force: true}); process.exit(0); }, err => { console.error(err); process.exit(1); });
