import * as vscode from 'vscode';
import {DynamicFeature, ErrorAction, LanguageClient, StaticFeature} from 'vscode-languageclient/node';
import {Supgen} from './supgen';

const sup = [{scheme: 'file', language: 'sup'}, {scheme: 'untitled', language: 'sup'}];

/** What the server does in Go files. All else there is for the Go extension: two formatters, say, would make VS Code ask which. */
const inGo = new Set([
  'textDocument/didOpen',
  'textDocument/didChange',
  'textDocument/didClose',
  'textDocument/didSave',
  'textDocument/declaration',
  'textDocument/definition',
  'textDocument/codeAction',
  'textDocument/codeLens',
]);

class Client extends LanguageClient {
  override registerFeature(feature: StaticFeature | DynamicFeature<unknown>): void {
    const method = 'registrationType' in feature ? feature.registrationType.method : '';
    if (method === 'textDocument/diagnostic') {
      return; // the server pushes what it has to say; to ask for it too would show it twice
    }
    if (!inGo.has(method)) {
      const initialize = feature.initialize.bind(feature);
      feature.initialize = (capabilities, selector) => initialize(capabilities, selector && sup);
    }
    super.registerFeature(feature);
  }
}

/** Makes the client of a program; it is not started. */
export function newClient(supgen: Supgen, cwd: string, channel: vscode.LogOutputChannel): LanguageClient {
  const {goDefinition} = vscode.workspace.getConfiguration('supgen');
  const client = new Client(
    'supgen',
    {command: supgen.path, args: ['lsp'], options: {cwd}},
    {
      documentSelector: [...sup, {scheme: 'file', language: 'go'}, {scheme: 'file', language: 'sup-script'}], // a rename changes scripts too
      diagnosticCollectionName: 'supgen', // as the problem matcher, so that one replaces the other
      outputChannel: channel,
      initializationOptions: {goDefinition},
      synchronize: {configurationSection: 'supgen'},
    },
  );
  // A server that has ended is started again. The requests that could not be written to it are no reason to do without it, as they are by default.
  const restarts = client.createDefaultErrorHandler();
  client.clientOptions.errorHandler = {error: () => ({action: ErrorAction.Continue, handled: true}), closed: () => restarts.closed()};
  return client;
}
