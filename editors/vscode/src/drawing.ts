import {basename, dirname} from 'node:path';
import * as vscode from 'vscode';
import {find, run} from './supgen';

/** What is drawn of a file: its directory's trees, or what happens in a script. */
export type Kind = 'graph' | 'simulate';

const open = new Map<string, Drawing>();

/** Shows the drawing of a file beside it. */
export function draw(kind: Kind, uri: vscode.Uri): Promise<void> {
  const key = kind + uri;
  const drawing = open.get(key) ?? new Drawing(kind, uri);
  open.set(key, drawing);
  drawing.panel.onDidDispose(() => open.delete(key));
  drawing.panel.reveal(undefined, true);
  return drawing.refresh();
}

/** Draws again what a saved file may have changed. */
export function redraw(saved: vscode.Uri): void {
  for (const drawing of open.values()) {
    if (dirname(drawing.uri.fsPath) === dirname(saved.fsPath)) {
      void drawing.refresh();
    }
  }
}

/** Marks in the graphs of a file what its cursor is in. */
export async function follow(editor: vscode.TextEditor): Promise<void> {
  const drawing = open.get('graph' + editor.document.uri);
  if (drawing) {
    const path = await pathAt(editor.document.uri, editor.selection.active);
    void drawing.panel.webview.postMessage(path.join('.'));
  }
}

/** The names from a tree to the child around a position. A group is not part of the paths of its members. */
async function pathAt(uri: vscode.Uri, at: vscode.Position): Promise<string[]> {
  const path: string[] = [];
  let symbols = await symbolsOf(uri);
  for (let s; (s = symbols.find(s => s.range.contains(at))); symbols = s.children) {
    if (s.detail !== 'group' || !s.children.some(c => c.range.contains(at))) {
      path.push(s.name);
    }
  }
  return path;
}

/** Selects what a drawing was clicked at. */
async function reveal(uri: vscode.Uri, path: string): Promise<void> {
  const names = path.split('.');
  let symbols = await symbolsOf(uri);
  let found: vscode.DocumentSymbol | undefined;
  for (const name of names) {
    const all = symbols.flatMap(s => (s.detail === 'group' ? [s, ...s.children] : [s]));
    found = all.find(s => s.name === name);
    symbols = found?.children ?? [];
  }
  if (found) {
    await vscode.window.showTextDocument(uri, {viewColumn: vscode.ViewColumn.One, selection: found.selectionRange});
  }
}

async function symbolsOf(uri: vscode.Uri): Promise<vscode.DocumentSymbol[]> {
  return (await vscode.commands.executeCommand<vscode.DocumentSymbol[]>('vscode.executeDocumentSymbolProvider', uri)) ?? [];
}

class Drawing {
  readonly panel: vscode.WebviewPanel;

  constructor(
    readonly kind: Kind,
    readonly uri: vscode.Uri,
  ) {
    const title = `${kind === 'graph' ? 'Graph' : 'Simulation'} of ${basename(uri.fsPath)}`;
    const beside = {viewColumn: vscode.ViewColumn.Beside, preserveFocus: true};
    this.panel = vscode.window.createWebviewPanel('supgen.drawing', title, beside, {enableScripts: true, localResourceRoots: []});
    this.panel.webview.onDidReceiveMessage((clicked: string | null) => {
      const editor = vscode.window.visibleTextEditors.find(e => e.document.uri.toString() === uri.toString());
      return clicked ? reveal(uri, clicked) : editor && follow(editor); // the page is there
    });
  }

  async refresh(): Promise<void> {
    const dir = dirname(this.uri.fsPath);
    const file = basename(this.uri.fsPath);
    const args = file.endsWith('.sim') ? [this.kind, '.', file] : [this.kind, '.'];
    const {path} = await find(dir);
    const {stdout, stderr} = await run(path, [...args, '--format', 'svg'], dir);
    this.panel.webview.html = page(stdout, stderr);
  }
}

/** The page of a drawing, with what there was to say about it. The drawing's own colours follow those of the editor. */
function page(svg: string, said: string): string {
  const nonce = crypto.randomUUID();
  const escaped = said.replace(/[&<>]/g, c => `&#${c.charCodeAt(0)};`);
  return `<!DOCTYPE html>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'nonce-${nonce}'">
<style>
  pre { color: var(--vscode-errorForeground); font-family: var(--vscode-editor-font-family); white-space: pre-wrap }
  svg { max-width: 100%; height: auto }
  g:has(> title) { cursor: pointer }
  g.here > rect { stroke: var(--vscode-focusBorder); stroke-width: 3 }
</style>
<pre>${escaped}</pre>
${svg}
<script nonce="${nonce}">
  const editor = acquireVsCodeApi();
  const titled = [...document.querySelectorAll('g > title')];
  addEventListener('message', ({data}) => titled.forEach(t => t.parentNode.classList.toggle('here', t.textContent === data)));
  addEventListener('click', ({target}) => {
    const title = target.closest('g')?.querySelector(':scope > title');
    if (title) editor.postMessage(title.textContent);
  });
  editor.postMessage(null);
</script>`;
}
