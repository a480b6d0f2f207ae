// A newcomer writes a small tree from nothing, and makes the mistakes that newcomers make. Each is marked at its place, explained, and mended by a fix.
const {until} = require('./vscode.cjs');

exports.files = {'main.go': `package main

import (
	"context"
	"os"
)

type App struct{}

func main() {
	if err := NewShop(new(App)).Run(context.Background()); err != nil {
		os.Exit(1)
	}
}
`};

// What is typed at the end of a line that has a text, and the mistakes that this makes: what is marked, what is said of it, the fix, and what a picture
// of all fixes is called.
const steps = [
  ['', 'supervisor Shop {\nservice DB', ['s', 'the file does not say which package it belongs to', 'write package main']],

  ['service DB', '\nservice http needs Db', ['http', 'the name of a service begins with a capital letter', 'write Http'], ['Db', 'did you mean "DB"?', 'write DB']],
  ['service Http', '\nworker Mail depends DB', ['depends', 'unexpected "depends"; did you mean "needs"?', 'write worker Mail needs DB']],
  ['worker Mail', '\njob Migrate before Mail', ['before', 'there is no "before"', 'write after Migrate']],
  ['job Migrate', '\nservice "Cache"', ['"Cache"', 'without quotes', 'write service Cache']],
  ['service Cache', '\nworker Poll;', [';', 'unexpected ";"', 'write worker Poll']],
  ['worker Poll', '\nservice Feed needs Log\nservice Log needs Feed', ['Log', 'this could never start: "Feed" needs "Log", "Log" needs "Feed"', 'remove Log from what Feed waits for', 'vscode-fixes']],

  ['worker Poll', ' {\nneeds Feed', ['needs', '"needs" begins no statement; it is a part of one', 'write worker Poll needs Feed {']],
  ['worker Poll', '\nrestart allways', ['allways', 'unknown restart "allways"', 'write transient']],
  ['restart transient', '\nrestart permanent', ['restart', '"restart" is said twice', 'remove restart permanent']],

  ['service DB', ' {\nprovides *sql.DB', ['sql', 'package "sql" is not imported', 'write import "database/sql"'], ['provides', '"DB" has no moment at which it hands its value over', 'add ready explicit']],
  ['ready explicit', '\nshutdown 5', ['5', 'a duration has a unit', 'write 5s']],
  ['shutdown 5s', '\nrestart: permanent', [':', 'leave the ":" out', 'write restart permanent']],
  ['restart permanent', '\nbackoff 10s..1s', ['10s..1s', 'the range is upside down', 'write 1s..10s']],
  ['backoff 1s..10s', '\nlimit 3/1m', ['/', 'unexpected "/"', 'write limit 3 in 1m']],

  ['supervisor Shop', '\nlimit 30 in 1m', ['limit', 'the limit that all children share is called intensity', 'write intensity 30 in 1m']],
  ['intensity', '\nstrategy one-for-one', ['one-for-one', 'did you mean "one_for_one"?', 'write strategy one_for_one']],
  ['strategy', '\nshutdown 2s', ['shutdown', '"Shop" promises to stop within 2s, and may take', 'write shutdown']],
  ['strategy', '\n# all that it sells', ['#', 'a comment begins with "//"', 'write //']],

  ['import', '\nimport time', ['e', 'unexpected end of line', 'write import "time"'], ['"time"', 'no type in this file is of package "time"', 'remove import "time"']],
];

const tree = `package main

import "database/sql"

supervisor Shop {
	intensity 30 in 1m
	strategy  one_for_one
	// all that it sells
	shutdown 12s
	service DB {
		provides *sql.DB
		ready    explicit
		shutdown 5s
		restart  permanent
		backoff  1s..10s
		limit    3 in 1m
	}
	service Http needs DB
	worker Mail needs DB after Migrate
	job Migrate
	service Cache
	worker Poll needs Feed {
		restart transient
	}
	service Feed
	service Log needs Feed
}
`;

exports.play = async p => {
  await p.page.locator('.explorer-folders-view').hover();
  await p.page.locator('[aria-label="New File..."]').click();
  await p.page.locator('.explorer-item-edited input').fill('shop.sup');
  await p.press('Enter');
  await p.at('shop.sup');
  p.done('opened');

  const mend = async (marked, says, fix, picture) => {
    await p.mistake(says);
    let squiggled;
    await until(async () => (squiggled = await p.squiggled()).includes(marked), () => `${says}: marked is not ${marked}, but ${squiggled}`);
    await p.action(fix, picture);
    await until(async () => !(squiggled = await p.squiggled()).includes(marked), () => `${fix}: marked is still ${squiggled}`);
  };

  for (const [line, text, ...mistakes] of steps) {
    if (line) await p.page.locator('.view-line').filter({hasText: line}).first().click();
    await p.press('End');
    await p.type(text);
    for (const mistake of mistakes) await mend(...mistake);
    p.done(text.trim().split('\n').at(-1));
  }

  // Braces are lost, and too many.
  await p.press('Control+End');
  await p.press('Backspace');
  await mend('{', '"{" is never closed', 'close the block');
  await p.press('Control+End');
  await p.type('}');
  await mend('}', '"}" closes nothing', 'remove }');
  p.done('braces');

  await p.saved('shop.sup', tree);
  await p.command('supgen: Generate');
  await p.open('main.go');
  await p.word('type App', 'App').click();
  await p.action('Write the missing methods of App');
  await p.saved('main.go', 'func (a *App) DB(ctx context.Context, run ShopDBRun) error {');
  p.module.go('vet', '.');
  p.module.go('tool', 'supgen', 'validate', '--types', '.');
  p.done('written');
};
