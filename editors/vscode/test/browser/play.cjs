// Plays what people do with the extension, in VS Code: node play.cjs SUPGEN GOPLS CHROMIUM [SHOTS]. SUPGEN is the folder of supgen's module, GOPLS is
// Go's language server; NODE_PATH has code-server and playwright-core. It exits with 1 and says what was not as expected. In SHOTS it keeps pictures.
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const {chromium} = require('playwright-core');
const {Module, Person, serve} = require('./vscode.cjs');
const hour = require('./hour.cjs');
const newcomer = require('./newcomer.cjs');
const settings = require('./settings.cjs');

const [supgen, gopls, executablePath, shots] = process.argv.slice(2);
const home = fs.mkdtempSync(path.join(os.tmpdir(), 'vscode-'));
const beside = {'.vscode/settings.json': JSON.stringify({'beside.gopls': gopls})};

const plays = { // ONLY=NAME plays one of them
  'an hour': {files: hour.files, play: hour.play, pictures: true},
  'an hour with gopls': {files: {...hour.files, ...beside}, play: hour.withGopls},
  'a newcomer': {files: newcomer.files, play: newcomer.play, pictures: true},
  'the settings': {files: {...hour.files, ...settings.files}, play: settings.play},
};

async function run() {
  const url = await serve(home, ['supgen.vsix', 'gopls.vsix'].map(e => path.join(__dirname, '../..', e)));
  const browser = await chromium.launch({executablePath, args: ['--no-sandbox', '--disable-quic', '--disable-background-networking', '--disable-component-update', '--disable-sync']});
  for (const [name, {files, play, pictures}] of Object.entries(plays)) {
    if (process.env.ONLY && process.env.ONLY !== name) continue;
    console.log(`${name}:`);
    const module = new Module(path.join(home, name.replaceAll(' ', '-')), supgen, files);
    const page = await browser.newPage({viewport: {width: 1100, height: 640}});
    page.setDefaultTimeout(30000);
    await page.goto(`${url}?folder=${module.dir}`);
    try {
      await play(new Person(page, module, pictures && shots));
    } catch (err) {
      await page.screenshot({path: path.join(shots ?? os.tmpdir(), 'failed.png')});
      throw err;
    }
    await page.close();
  }
  await browser.close();
}

run().then(() => { fs.rmSync(home, {recursive: true, force: true}); process.exit(0); }, err => { console.error(err); process.exit(1); });
