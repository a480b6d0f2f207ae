// What the settings say is done, and a language server that ends is started again. The program that they name notes each start of it.
const {until} = require('./vscode.cjs');

const settings = {'supgen.path': './supgen.sh', 'supgen.generateOnSave': true, 'supgen.goDefinition': true};

exports.files = {
  '.vscode/settings.json': JSON.stringify(settings),
  'supgen.sh': '#!/bin/sh\n[ "$1" != lsp ] || echo $$ >>started\nexec "$(go tool -n supgen)" "$@"\n',
};

exports.play = async p => {
  const started = () => p.module.read('started').trim().split('\n').map(Number);
  const serves = n => until(() => started().length === n, () => `it was started ${started().length} times`);

  await p.open('shop.sup');
  await p.page.getByText('limit 10 in 10m').waitFor();
  await serves(1);
  p.done('opened');

  // What is saved is generated; a tree with a mistake is not, and keeps what was generated.
  await p.word('}', '}').click();
  await p.press('End');
  await p.type('\nworker Mail needs DB');
  await p.saved('shop.sup.go', 'ShopMailRun');
  p.done('generated');

  // In Go, the definition of a method is its child.
  await p.open('main.go');
  await p.page.getByText('service Shop.DB in shop.sup').waitFor(); // the Go code is loaded
  await p.word('func (a *App) DB', 'DB').click();
  await p.press('F12');
  await p.at('shop.sup', 8);
  p.done('jumped');

  // A server that is killed, and one that is restarted, go on with the text that is not saved.
  const write = async letter => {
    await p.press('End');
    await p.press('Backspace');
    await p.type(letter);
    await p.mistake(`unknown statement "${letter}"`);
  };
  await p.press('End');
  await p.type('\nw');
  await write('x');
  process.kill(started()[0], 'SIGKILL');
  await p.type('abcdefgh'); // which cannot be written to it
  for (const _ of 'abcdefgh') await p.press('Backspace');
  await serves(2);
  await write('y');
  await p.command('supgen: Restart the Language Server');
  await serves(3);
  await write('z');
  p.done('restarted');
};
