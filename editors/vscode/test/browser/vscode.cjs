// VS Code in a browser: a server of it, modules to edit, and a person at the keyboard.
const {execFileSync, spawn} = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');

const env = {...process.env, GOWORK: 'off', EXTENSIONS_GALLERY: '{}'}; // of no other place are extensions asked for

const settings = {
  'security.workspace.trust.enabled': false,
  'workbench.startupEditor': 'none',
  'workbench.layoutControl.enabled': false,
  'editor.minimap.enabled': false,
  'files.hotExit': 'off',
};

/** Starts VS Code with extensions, and returns its address. It ends with this process. */
exports.serve = (home, extensions) => {
  const program = [require.resolve('code-server/out/node/entry.js'),
    '--config', `${home}/config.yaml`, '--user-data-dir', `${home}/data`, '--extensions-dir', `${home}/extensions`];
  fs.mkdirSync(`${home}/data/User`, {recursive: true});
  fs.writeFileSync(`${home}/data/User/settings.json`, JSON.stringify(settings));
  execFileSync(process.execPath, [...program, ...extensions.flatMap(e => ['--install-extension', e])], {stdio: 'pipe', env});
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
};

/** A module on the disk that has supgen as its tool, and replaces it by that of a directory. */
exports.Module = class {
  constructor(dir, supgen, files) {
    this.dir = dir;
    fs.mkdirSync(dir);
    this.write('go.mod', `module example.com/shop

go 1.26

require github.com/supgen/supgen v0.0.0

replace github.com/supgen/supgen => ${supgen}

tool github.com/supgen/supgen/cmd/supgen
`);
    for (const [name, text] of Object.entries(files)) this.write(name, text);
    this.go('mod', 'tidy', '-e');
    if (files['shop.sup']) this.go('tool', 'supgen', 'generate', '.');
  }

  read(name) { return fs.readFileSync(path.join(this.dir, name), 'utf8'); }

  write(name, text) {
    fs.mkdirSync(path.dirname(path.join(this.dir, name)), {recursive: true});
    fs.writeFileSync(path.join(this.dir, name), text, {mode: text.startsWith('#!') ? 0o755 : 0o644});
  }

  go(...args) { return execFileSync('go', args, {cwd: this.dir, encoding: 'utf8', stdio: 'pipe', env}); }
};

/** Waits for what a function returns, and fails with what there is instead. */
async function until(is, otherwise) {
  for (const end = Date.now() + 30000; ;) {
    const value = await is();
    if (value) return value;
    if (Date.now() > end) throw new Error(otherwise());
    await new Promise(resolve => setTimeout(resolve, 100));
  }
}

/** Who sits before a page of VS Code that has a module open. Each method waits until VS Code is where the next may be called. */
exports.Person = class {
  constructor(page, module, shots) {
    Object.assign(this, {page, module, shots, began: Date.now()});
  }

  done(what) { console.log(`${((Date.now() - this.began) / 1000).toFixed(1)} s: ${what}`); }

  async shot(name) { if (this.shots) await this.page.screenshot({path: path.join(this.shots, `${name}.png`), animations: 'disabled'}); }

  press(keys) { return this.page.keyboard.press(keys); }

  type(text) { return this.page.keyboard.type(text, {delay: 20}); }

  has(selector, text) { return this.page.locator(selector).filter({hasText: text}).first().waitFor(); }

  /** Is in a file, and at a line. */
  async at(name, line) {
    await this.page.locator(`.monaco-editor.focused[data-uri$="/${name}"]`).waitFor();
    if (line) await this.has('.statusbar', `Ln ${line},`);
  }

  async open(name) {
    await this.page.locator(`.explorer-folders-view [aria-label="${name}"]`).dblclick();
    await this.at(name);
  }

  /** A word in the line that has a text. */
  word(line, text) { return this.page.locator('.view-line').filter({hasText: line}).getByText(text, {exact: true}).first(); }

  async command(name) {
    await this.press('F1');
    await this.type(name);
    await this.has('.quick-input-list .focused', name);
    await this.press('Enter');
  }

  /** Does what is offered at the cursor; what needs Go is offered when that is loaded. */
  async action(title, picture) {
    const row = '.action-widget .monaco-list-row';
    await this.shown(row, title, async () => {
      await this.press('Escape');
      await this.press('Control+.');
    });
    if (picture) await this.shot(picture);
    while (!(await this.page.locator(`${row}.focused`, {hasText: title}).count())) await this.press('ArrowDown');
    await this.press('Enter');
  }

  /** Goes from mistake to mistake, to one that has a message. */
  mistake(message) { return this.shown('.marker-widget', message, () => this.press('F8'), 1000); }

  /** The texts that have a squiggle. */
  squiggled() {
    return this.page.evaluate(() => [...document.querySelectorAll('.squiggly-error, .squiggly-warning')].map(squiggle => {
      const at = squiggle.getBoundingClientRect();
      const range = document.createRange();
      let text = '';
      for (const line of squiggle.closest('.monaco-editor').querySelectorAll('.view-line')) {
        const {top, bottom} = line.getBoundingClientRect();
        if (at.top < top || at.top >= bottom) continue;
        const texts = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
        for (let node; (node = texts.nextNode()); ) {
          for (let i = 0; i < node.length; i++) {
            range.setStart(node, i);
            range.setEnd(node, i + 1);
            const {left, right} = range.getBoundingClientRect();
            if (left < at.right - 1 && right > at.left + 1) text += node.data[i] === '\u00a0' ? ' ' : node.data[i];
          }
        }
      }
      return text;
    }));
  }

  /** Asks for something until it shows a text: the language server answers in its own time. */
  async shown(selector, text, ask, timeout = 3000) {
    await until(async () => {
      await ask();
      return this.page.locator(selector, {hasText: text}).first().waitFor({timeout}).then(() => true, () => false);
    }, () => `no ${selector} shows ${text}`);
  }

  /** Saves the file that has a text then. */
  async saved(name, text) {
    await this.press('Control+s');
    await this.written(name, text);
  }

  async written(name, text) { await until(() => this.module.read(name).includes(text), () => `${name} is\n${this.module.read(name)}`); }

  /** Gives what the cursor is at another name. */
  async rename(name) {
    await this.press('F2');
    await this.page.locator('.rename-box input:visible').fill(name);
    await this.press('Enter');
  }

  /** Hovers until a text is shown. */
  hover(line, text, shown) {
    return this.shown('.monaco-hover', shown, async () => {
      await this.page.mouse.move(0, 0); // a lens may have moved the line from under the pointer
      await this.word(line, text).hover();
    });
  }

  /** Waits for the frame of a drawing that shows something. */
  framed(selector) {
    return until(async () => {
      for (const frame of this.page.frames()) {
        if (await frame.locator(selector).count().catch(() => 0)) return frame;
      }
    }, () => `nothing shows ${selector}`);
  }
};
exports.until = until;
