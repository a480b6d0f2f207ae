// A person's hour with the extension: a first tree, from a mistake to what happens in it.
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

exports.files = {'shop.sup': tree, 'main.go': main, 'lost.sim': 'until 1m\nat 10s Shop.DB error\n'};

exports.play = async p => {
  await p.open('shop.sup');
  await p.page.getByText('limit 10 in 10m').waitFor(); // a hint of the language server
  p.done('opened');

  // A misspelt line has a squiggle, an explanation and a fix.
  await p.word('}', '}').click();
  await p.press('End');
  await p.type('\nservce HTTP needs DB');
  await p.mistake('unknown statement "servce"; did you mean "service"?');
  await p.shot('vscode-mistake');
  await p.action('write service');
  await p.page.locator('.squiggly-error').first().waitFor({state: 'detached'});
  p.done('mended');

  // How a line goes on is offered unasked, and nothing behind its end.
  await p.press('End');
  await p.type(' {\nrestart ');
  await p.has('.suggest-widget', 'transient');
  await p.type('tr\n');
  await p.has('.view-line', 'restart transient');
  p.done('completed');

  // Under the pointer is what applies to a child.
  await p.page.getByText('Shop.HTTP restarts with it').waitFor();
  await p.hover('service HTTP', 'HTTP', 'limit 10 in 10m is spent after');
  await p.shot('vscode-hover');
  p.done('explained');

  // What is saved is formatted, and generated on request.
  await p.type('\nready explicit within   5s');
  await p.saved('shop.sup', '\t\trestart transient\n\t\tready   explicit within 5s\n');
  await p.command('supgen: Generate');
  await p.written('shop.sup.go', 'ShopHTTPRun');
  p.done('generated');

  // The interface wants one method more. A lens and a declaration lead back to the tree.
  await p.open('main.go');
  await p.word('type App', 'App').click();
  await p.action('Write the missing methods of App: HTTP');
  await p.saved('main.go', 'func (a *App) HTTP(ctx context.Context, run ShopHTTPRun, db *sql.DB) error {');
  await p.page.getByText('service Shop.HTTP in shop.sup').click();
  await p.at('shop.sup', 12);
  await p.open('main.go');
  await p.word('func (a *App) DB', 'DB').click();
  await p.command('Go to Declaration');
  await p.at('shop.sup', 8);
  p.done('written');

  // A new name, everywhere at once.
  await p.word('service DB', 'DB').click();
  await p.rename('Store');
  await p.has('.view-line', 'needs Store');
  await p.command('File: Save All');
  await p.saved('main.go', 'func (a *App) Store(ctx context.Context, run ShopStoreRun) error {');
  await p.written('lost.sim', 'Shop.Store');
  p.module.go('vet', '.');
  p.module.go('tool', 'supgen', 'generate', '--check', '.');
  p.done('renamed');

  // The graph follows the cursor, and leads to what is clicked.
  await p.command('supgen: Open Graph to the Side');
  const graph = await p.framed('svg');
  await graph.locator('g.here', {hasText: 'Shop.Store'}).waitFor();
  await p.shot('vscode-graph');
  await graph.locator('text', {hasText: 'HTTP'}).click();
  await p.at('shop.sup', 12);
  await graph.locator('g.here', {hasText: 'Shop.HTTP'}).waitFor();
  await p.word('provides', 'provides').click();
  await graph.locator('g.here', {hasText: 'Shop.Store'}).waitFor();
  p.done('drawn');

  // A script has the new name too. What is saved is simulated again.
  await p.open('lost.sim');
  await p.command('supgen: Simulate');
  await p.framed('text:text("error: restart")');
  await p.shot('vscode-simulation');
  await p.press('Control+a');
  await p.type('until 1m\nat 10s Shop.DB error');
  await p.saved('lost.sim', 'Shop.DB');
  await p.framed('pre:text("there is no child \\"Shop.DB\\" in Shop")');
  p.done('simulated');
};

/** The same hour with Go's language server beside it, and what only the two do. */
exports.withGopls = async p => {
  await exports.play(p);

  // Each answers for what is its own: a jump in Go leads to one place.
  await p.open('main.go');
  await p.hover('NewShop(new(App))', 'NewShop', 'func NewShop(');
  await p.word('NewShop(new(App))', 'NewShop').click();
  await p.press('F12');
  await p.at('shop.sup.go');
  p.done('jumped');

  // gopls renames no method that an interface asks for, so somebody types another name. Our fix has the tree follow, in the buffer that gopls has too.
  await p.open('main.go');
  await p.word('func (a *App) Store', 'Store').dblclick();
  await p.type('Base');
  await p.saved('main.go', 'func (a *App) Base(');
  await p.open('shop.sup');
  await p.word('service Store', 'Store').click();
  await p.action('Rename to Base in shop.sup');
  await p.has('.view-line', 'needs Base');
  await p.command('File: Save All');
  await p.written('main.go', 'func (a *App) Base(ctx context.Context, run ShopBaseRun)');
  p.module.go('vet', '.');
  p.module.go('tool', 'supgen', 'generate', '--check', '.');
  p.done('renamed in Go');

  // Where both are to answer, a jump is a list.
  const settings = JSON.parse(p.module.read('.vscode/settings.json'));
  p.module.write('.vscode/settings.json', JSON.stringify({...settings, 'supgen.goDefinition': true}));
  await p.shown('.peekview-widget .reference-file', /shop\.sup(?!\.go)/, async () => {
    await p.press('Escape');
    await p.open('main.go'); // before the setting applies, a jump leads elsewhere
    await p.word('func (a *App) Base', 'Base').click();
    await p.press('F12');
  });
  await p.has('.peekview-widget .reference-file', 'main.go');
  p.done('listed');
};
