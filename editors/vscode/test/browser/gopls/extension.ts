import * as vscode from 'vscode';
import {LanguageClient} from 'vscode-languageclient/node';

/** Starts Go's language server where the settings name it. */
export async function activate(): Promise<void> {
  const command = vscode.workspace.getConfiguration('beside').get<string>('gopls');
  if (command) {
    await new LanguageClient('gopls', {command}, {documentSelector: [{scheme: 'file', language: 'go'}]}).start();
  }
}
